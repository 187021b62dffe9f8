// What the worker keeps: settings and the queue on disk, the last verdicts and recipients for this browser session only.
import type { AdviceRequest, Health, PairingCode, Sight, TouchRequest, Trouble, Verdict } from './protocol';

/** A logged call waiting to be sent. `id` is its Idempotency-Key; `refused` says why the backend will never take it. */
export interface Queued {
  id: string;
  touch: TouchRequest;
  refused: string | null;
}

export interface Disk {
  token: string;
  backend: string;
  queue: Queued[];
  dismissed: string[];
  /** Mail hosts on which the banner is switched off. */
  sitesOff: string[];
  health: Record<string, Health>;
}

export interface Session {
  verdicts: Record<string, { at: number; verdict: Verdict; finding: string }>;
  recent: string[];
  /** Until when (milliseconds since 1970) a backend that is busy or too slow is not asked. */
  holdOff: { until: number; trouble: Trouble };
  /** How the mail page seen last could be read. Absent: nobody wrote in one in this session. */
  sight: Sight;
  /** The call logged last, to know a second click by. */
  lastLogged: TouchRequest;
  /** How many mailboxes are linked, as the backend said it at `at`. */
  mailboxes: { at: number; count: number };
  pairing: PairingCode & { device_code: string };
}

/** Several at once: each reading is a round trip to the browser. */
export function onDisk<K extends keyof Disk>(...keys: K[]): Promise<Partial<Pick<Disk, K>>> {
  return chrome.storage.local.get(keys);
}

export function inSession<K extends keyof Session>(...keys: K[]): Promise<Partial<Pick<Session, K>>> {
  return chrome.storage.session.get(keys);
}

export async function get<K extends keyof Disk>(key: K): Promise<Disk[K] | undefined> {
  return (await onDisk(key))[key];
}

export function set(values: Partial<Disk>): Promise<void> {
  return chrome.storage.local.set(values);
}

export async function recallOf<K extends keyof Session>(key: K): Promise<Session[K] | undefined> {
  return (await inSession(key))[key];
}

export function remember(values: Partial<Session>): Promise<void> {
  return chrome.storage.session.set(values);
}

/** One verdict per mailbox, recipients and thread; what the draft says does not enter. */
export function placeOf({ account, to, cc, bcc, provider_thread_id }: AdviceRequest): string {
  return JSON.stringify([account, [...to, ...cc, ...bcc].sort(), provider_thread_id]);
}

let turn: Promise<unknown> = Promise.resolve();

/** Runs changes of what is kept one after the other, so that none is lost between reading and writing. */
export function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const result = turn.then(change, change);
  turn = result.catch(() => undefined);
  return result;
}
