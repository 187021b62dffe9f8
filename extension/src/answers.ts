// Reads what the backend answers: known fields of the right type, everything else left out. Null means it cannot be used.
import type {
  CallAnswer,
  Device,
  Evidence,
  Level,
  ListedRecipient,
  RecipientState,
  Rule,
  TimeLine,
  Verdict,
  Warning,
} from './protocol';

type Json = Record<string, unknown>;

const LEVELS = ['clear', 'note', 'caution', 'hold', 'stop', 'unknown'];

/** POST /api/v1/advice. Links become absolute by `backend`. */
export function readVerdict(body: unknown, backend: string): Verdict | null {
  if (!isObject(body) || !LEVELS.includes(body.level as string) || typeof body.headline !== 'string') return null;
  return {
    level: body.level as Level,
    headline: body.headline,
    next_good_date: text(body.next_good_date),
    warnings: objects(body.warnings).flatMap((warning) => readWarning(warning, backend) ?? []),
    recipients: objects(body.recipients).flatMap((recipient) => readRecipient(recipient) ?? []),
    history_url: linkOf(body.history_url, backend),
    call: readCall(body.call),
  };
}

function readWarning(json: Json, backend: string): Warning | null {
  const { rule, level, message, instead } = json;
  if (typeof rule !== 'string' || !LEVELS.includes(level as string) || typeof message !== 'string') return null;
  const evidence = objects(json.evidence).flatMap((one) => readEvidence(one, backend) ?? []);
  return { rule, level: level as Level, message, instead: text(instead) ?? '', evidence };
}

function readEvidence(json: Json, backend: string): Evidence | null {
  if (typeof json.at !== 'string') return null;
  return {
    at: json.at,
    channel: text(json.channel) ?? 'email',
    direction: json.direction === 'in' ? 'in' : 'out',
    subject: text(json.subject) ?? '',
    link: linkOf(json.link, backend),
    key: text(json.key),
  };
}

function readRecipient(json: Json): RecipientState | null {
  const id = idOf(json.id);
  if (!id || typeof json.address !== 'string') return null;
  return {
    id,
    address: json.address,
    unanswered: typeof json.unanswered === 'number' ? json.unanswered : 0,
    last_touch_at: text(json.last_touch_at),
    last_reply_at: text(json.last_reply_at),
    state: text(json.state),
  };
}

function readCall(json: unknown): CallAnswer | null {
  if (!isObject(json) || !['yes', 'wait', 'mail', 'no'].includes(json.answer as string)) return null;
  const reasons = Array.isArray(json.reasons) ? json.reasons.filter((reason) => typeof reason === 'string') : [];
  return { answer: json.answer as CallAnswer['answer'], until: text(json.until), reasons: reasons.slice(0, 2) };
}

/** GET /api/v1/recipients. */
export function readRecipients(body: unknown): ListedRecipient[] | null {
  if (!isObject(body) || !Array.isArray(body.recipients)) return null;
  return objects(body.recipients).flatMap((json) => {
    const id = idOf(json.id);
    return id && typeof json.address === 'string'
      ? [{ id, address: json.address, name: text(json.name), next_good_date: text(json.next_good_date) }]
      : [];
  });
}

/** GET /api/v1/recipients/{id}. Links become absolute by `backend`. */
export function readTimeLine(body: unknown, backend: string): TimeLine | null {
  if (!isObject(body) || !Array.isArray(body.time_line)) return null;
  const entries = objects(body.time_line).flatMap(({ at, direction, title, link }) =>
    typeof at === 'string'
      ? [{ at, direction: text(direction) ?? '', title: text(title) ?? '', link: linkOf(link, backend) }]
      : [],
  );
  return { next_good_date: text(body.next_good_date), entries: entries.sort((a, b) => a.at.localeCompare(b.at)) };
}

/** GET /api/v1/rules. */
export function readRules(body: unknown): Rule[] | null {
  if (!isObject(body) || !Array.isArray(body.rules)) return null;
  return objects(body.rules).flatMap(({ id, title, on }) =>
    typeof id === 'string' ? [{ id, title: text(title) ?? id, on: on === true }] : [],
  );
}

/** GET /api/v1/devices: this browser's own, for that is what its token may see. */
export function readDevices(body: unknown): Device[] | null {
  if (!isObject(body) || !Array.isArray(body.devices)) return null;
  return objects(body.devices).flatMap((json) => {
    const id = idOf(json.id);
    const { name, itself, last_used_at } = json;
    return id ? [{ id, name: text(name) ?? '', itself: itself === true, last_used_at: text(last_used_at) }] : [];
  });
}

/** GET /api/v1/accounts: address and state of every linked mailbox. */
export function readAccounts(body: unknown): { address: string; state: string }[] | null {
  if (!isObject(body) || !Array.isArray(body.accounts)) return null;
  return objects(body.accounts).map((json) => ({ address: text(json.address) ?? '', state: text(json.state) ?? '' }));
}

/** The id of something just made. */
export function readId(body: unknown): string | null {
  return isObject(body) ? idOf(body.id) : null;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function idOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : text(value);
}

/** An absolute http(s) address, or null: nothing else may become a link. */
function linkOf(value: unknown, backend: string): string | null {
  const address = text(value);
  if (!address || !URL.canParse(address, backend)) return null;
  const { protocol, href } = new URL(address, backend);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
