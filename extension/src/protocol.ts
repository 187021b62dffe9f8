// Every message between the mail page, the worker and the extension's own pages, and the shapes of the backend's API.
import type { ChunkName } from './chunks';
import type { Found } from './hosts/host';
import type { Signals } from './reader/index';

export type { Signals };

export type Level = 'clear' | 'note' | 'caution' | 'hold' | 'stop' | 'unknown';
export type Channel = 'email' | 'call' | 'voicemail';
export type Provider = 'google' | 'microsoft';
export type CorrectionKind = 'answered_elsewhere' | 'not_job_search' | 'other_recipient' | 'not_a_touch';
export type Outcome = 'no_answer' | 'message_left' | 'spoke';

/** POST /api/v1/advice, to which the asker adds the time zone. No field can carry text of the draft. */
export interface AdviceRequest {
  channel: Channel;
  account: string | null;
  provider: Provider | null;
  to: string[];
  cc: string[];
  bcc: string[];
  provider_thread_id: string | null;
  signals?: Signals;
}

export interface Evidence {
  at: string;
  channel: string;
  direction: 'out' | 'in';
  subject: string;
  link: string | null;
  key: string | null;
}

export interface Warning {
  rule: string;
  level: Level;
  message: string;
  instead: string;
  evidence: Evidence[];
}

export interface RecipientState {
  id: string;
  address: string;
  unanswered: number;
  last_touch_at: string | null;
  last_reply_at: string | null;
  state: string | null;
}

/** May I call now? `until` is an instant. */
export interface CallAnswer {
  answer: 'yes' | 'wait' | 'mail' | 'no';
  until: string | null;
  reasons: string[];
}

export interface Verdict {
  level: Level;
  headline: string;
  next_good_date: string | null;
  warnings: Warning[];
  recipients: RecipientState[];
  history_url: string | null;
  call: CallAnswer | null;
}

/** A verdict as the page gets it: `finding` names its facts (opaque), `dismissed` says the person has put these facts away. */
export interface Advice {
  verdict: Verdict;
  finding: string;
  dismissed: boolean;
}

/** Why the backend could not be asked. */
export type Trouble =
  | 'not_paired'
  | 'site_off'
  | 'no_account'
  | 'unauthorised'
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'server'
  | 'refused'
  | 'bad_answer';

export type Answer<T> = { ok: true; value: T } | { ok: false; trouble: Trouble };

/** What the person says against a verdict. Answered with whether it was kept, `correct` with the correction's id. */
export type Objection =
  | { type: 'mute'; recipient: string; muted: boolean }
  | { type: 'correct'; recipient: string; kind: CorrectionKind; evidence: string | null }
  | { type: 'uncorrect'; id: string };

/** What a mail page may ask of the worker. `recall` answers at once from memory, or null. */
export type MailMessage =
  | { type: 'advise'; request: AdviceRequest }
  | { type: 'recall'; request: AdviceRequest }
  | { type: 'sight'; sight: Sight }
  | { type: 'sample'; sample: Sample }
  | { type: 'load'; name: ChunkName }
  | { type: 'dismiss'; finding: string }
  | Objection;

/** How well a mail page that is written in can be read: numbers, nobody's name. `blind`: no compose was found in it. */
export interface Sight {
  blind: boolean;
  account: boolean;
  composes: number;
  recipients: number;
  unresolved: number;
}

/** How one compose could be read, sent once for each that somebody is named in: numbers, nobody's name. */
export interface Sample {
  by: Found['by'];
  account: boolean;
  thread: boolean;
  recipients: number;
  unresolved: number;
}

/** Counts of what was read on one mail host since the installation. */
export interface Health {
  composes: number;
  by_class: number;
  by_shape: number;
  recipients: number;
  unresolved: number;
  no_account: number;
  thread: number;
  blind: number;
}

/** A mail host with its switch and its counts. */
export interface Site {
  host: string;
  on: boolean;
  health: Health;
}

/** POST /api/v1/touches. */
export interface TouchRequest {
  recipient: string;
  channel: 'call' | 'voicemail';
  outcome: Outcome;
  at: string;
  mood: 'calm' | 'upset' | null;
  note_promise: string | null;
}

/** What the popup and the options page may ask of the worker. */
export type OwnMessage =
  | { type: 'status' }
  | { type: 'check' }
  | { type: 'pair'; name: string }
  | { type: 'pair-poll' }
  | { type: 'unpair' }
  | { type: 'devices' }
  | { type: 'forget-device'; id: string }
  | { type: 'recipients'; q: string }
  | { type: 'may-call'; address: string }
  | { type: 'log'; touch: TouchRequest }
  | { type: 'drop-failed' }
  | { type: 'time-line'; address: string }
  | { type: 'muted' }
  | { type: 'set-muted'; recipient: string; muted: boolean }
  | { type: 'rules' }
  | { type: 'switch-rule'; id: string; on: boolean }
  | { type: 'sites' }
  | { type: 'switch-site'; host: string; on: boolean }
  | { type: 'dates' };

export interface Status {
  backend: string;
  paired: boolean;
  queued: number;
  failed: string[];
  recent: string[];
}

/** One line of the self-check; `trouble` null means this part works. */
export interface Check {
  part: 'compose' | 'recipients' | 'account' | 'backend' | 'pairing' | 'mailboxes';
  trouble: Trouble | 'none_linked' | 'mailbox' | 'not_seen' | 'blind' | 'unresolved' | null;
  detail: string;
}

export interface PairingCode {
  user_code: string;
  verification_uri_complete: string;
  interval: number;
  expires_at: number;
}

export type PairingState = 'pending' | 'paired' | 'denied' | 'expired';

/** `itself`: the one that asked. */
export interface Device {
  id: string;
  name: string;
  itself: boolean;
  last_used_at: string | null;
}

export interface ListedRecipient {
  id: string;
  address: string;
  name: string | null;
  /** YYYY-MM-DD, null when there is nothing to wait for. */
  next_good_date: string | null;
}

/** What passed between the person and one recipient, the newest last; `next_good_date` as YYYY-MM-DD. */
export interface TimeLine {
  next_good_date: string | null;
  entries: { at: string; direction: string; title: string; link: string | null }[];
}

export interface Rule {
  id: string;
  title: string;
  on: boolean;
}

/** What one mail page shows: what the worker asks the backend about. */
export interface ComposeReport {
  key: string;
  to: string[];
  cc: string[];
  bcc: string[];
  roles_known: boolean;
  subject_present: boolean;
  provider_thread_id: string | null;
  visible: boolean;
  unresolved: string[];
}

export interface PageReport {
  host: string;
  account: string | null;
  composes: ComposeReport[];
}

/** What was read of the page itself. */
export type PageReading = Omit<PageReport, 'host'>;
