// Decides which messages the worker takes: from whom, and of what shape. What is not named here is not done.
import { isObject } from './answers';
import type { AdviceRequest, MailMessage, OwnMessage, Sample, Sight } from './protocol';

export const MAIL_HOSTS = [
  'mail.google.com',
  'outlook.live.com',
  'outlook.office.com',
  'outlook.office365.com',
  'outlook.cloud.microsoft',
];
const PROVIDERS = ['google', 'microsoft', null];
const CHANNELS = ['email', 'call', 'voicemail'];
const KINDS = ['answered_elsewhere', 'not_job_search', 'other_recipient', 'not_a_touch'];
const CHUNKS = ['banner', 'reader', 'shape'];
const OUTCOMES = ['no_answer', 'message_left', 'spoke'];
const REQUEST_FIELDS = ['channel', 'account', 'provider', 'to', 'cc', 'bcc', 'provider_thread_id', 'signals'];
const LIMITS = { people: 500, list: 64, name: 40, text: 400 };

type Test = (value: unknown) => boolean;

/** A message a mail page may send, or null. */
export function mailMessage(message: unknown, sender: chrome.runtime.MessageSender): MailMessage | null {
  return isMailPage(sender) && fits(message, MAIL_SHAPES) ? (message as unknown as MailMessage) : null;
}

/** A message the popup or the options page may send, or null. */
export function ownMessage(message: unknown, sender: chrome.runtime.MessageSender): OwnMessage | null {
  const isOwn = sender.id === chrome.runtime.id && !!sender.url?.startsWith(chrome.runtime.getURL(''));
  return isOwn && fits(message, OWN_SHAPES) ? (message as unknown as OwnMessage) : null;
}

/** Our own content script in a tab at a mail host; pop-outs are about:blank and carry their opener's origin. */
function isMailPage(sender: chrome.runtime.MessageSender): boolean {
  return sender.id === chrome.runtime.id && !!sender.tab && MAIL_HOSTS.includes(mailHost(sender));
}

/** The host name of a page on https, else empty. */
export function mailHost(sender: chrome.runtime.MessageSender): string {
  const origin = sender.origin ?? sender.url ?? '';
  const place = URL.canParse(origin) ? new URL(origin) : null;
  return place?.protocol === 'https:' ? place.hostname : '';
}

function fits(message: unknown, shapes: Record<string, Record<string, Test>>): boolean {
  if (!isObject(message) || typeof message.type !== 'string') return false;
  const shape = Object.hasOwn(shapes, message.type) ? shapes[message.type] : undefined;
  return !!shape && hasShape(message, { type: () => true, ...shape });
}

/** Every named field passes its test, and there is no other. */
function hasShape(value: Record<string, unknown>, shape: Record<string, Test>): boolean {
  const keys = Object.keys(value);
  return (
    keys.every((key) => Object.hasOwn(shape, key)) && Object.entries(shape).every(([key, test]) => test(value[key]))
  );
}

const isText: Test = (value) => typeof value === 'string' && value.length <= LIMITS.text;
const isTextOrNull: Test = (value) => value === null || isText(value);
const isFlag: Test = (value) => typeof value === 'boolean';
const isOneOf =
  (values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);
const isAddress: Test = (value) => isText(value) && /^[^\s@]+@[^\s@]+$/.test(value as string);
const isAddressList: Test = (value) => Array.isArray(value) && value.length <= LIMITS.people && value.every(isAddress);

/** Signals are numbers, flags and short names; no sentence fits through here. */
const isSignal: Test = (value) =>
  value === null ||
  typeof value === 'boolean' ||
  Number.isFinite(value) ||
  (typeof value === 'string' && value.length <= LIMITS.name && /^[\w.-]*$/.test(value));
const isSignals: Test = (value) =>
  value === undefined ||
  (isObject(value) &&
    Object.values(value).every((one) =>
      Array.isArray(one) ? one.length <= LIMITS.list * 4 && one.every(isSignal) : isSignal(one),
    ));

export function isAdviceRequest(value: unknown): value is AdviceRequest {
  if (!isObject(value) || Object.keys(value).some((key) => !REQUEST_FIELDS.includes(key))) return false;
  return hasShape({ signals: undefined, ...value }, REQUEST_SHAPE);
}

const REQUEST_SHAPE: Record<string, Test> = {
  channel: isOneOf(CHANNELS),
  account: (value) => value === null || isAddress(value),
  provider: isOneOf(PROVIDERS),
  to: isAddressList,
  cc: isAddressList,
  bcc: isAddressList,
  provider_thread_id: isTextOrNull,
  signals: isSignals,
};

const TOUCH_SHAPE: Record<string, Test> = {
  recipient: isText,
  channel: isOneOf(['call', 'voicemail']),
  outcome: isOneOf(OUTCOMES),
  at: isText,
  mood: isOneOf(['calm', 'upset', null]),
  note_promise: isTextOrNull,
};

const isCount: Test = (value) => Number.isInteger(value) && (value as number) >= 0;
const SIGHT_SHAPE: Record<keyof Sight, Test> = {
  blind: isFlag,
  account: isFlag,
  composes: isCount,
  recipients: isCount,
  unresolved: isCount,
};

const SAMPLE_SHAPE: Record<keyof Sample, Test> = {
  by: isOneOf(['names', 'classes', 'shape']),
  account: isFlag,
  thread: isFlag,
  recipients: isCount,
  unresolved: isCount,
};

const MAIL_SHAPES: Record<MailMessage['type'], Record<string, Test>> = {
  advise: { request: isAdviceRequest },
  recall: { request: isAdviceRequest },
  sight: { sight: (value) => isObject(value) && hasShape(value, SIGHT_SHAPE) },
  sample: { sample: (value) => isObject(value) && hasShape(value, SAMPLE_SHAPE) },
  load: { name: isOneOf(CHUNKS) },
  dismiss: { finding: isText },
  mute: { recipient: isText, muted: isFlag },
  correct: { recipient: isText, kind: isOneOf(KINDS), evidence: isTextOrNull },
  uncorrect: { id: isText },
};

const OWN_SHAPES: Record<OwnMessage['type'], Record<string, Test>> = {
  status: {},
  check: {},
  pair: { name: isText },
  'pair-poll': {},
  unpair: {},
  devices: {},
  'forget-device': { id: isText },
  recipients: { q: isText },
  'may-call': { address: isAddress },
  log: { touch: (value) => isObject(value) && hasShape(value, TOUCH_SHAPE) },
  'drop-failed': {},
  'time-line': { address: isAddress },
  muted: {},
  'set-muted': { recipient: isText, muted: isFlag },
  rules: {},
  'switch-rule': { id: isText, on: isFlag },
  sites: {},
  'switch-site': { host: isOneOf(MAIL_HOSTS), on: isFlag },
  dates: {},
};
