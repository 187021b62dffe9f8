// One request to the backend: token, time limit, and every way it can fail turned into a Trouble.
import type { AdviceRequest, Answer, Trouble } from './protocol';

const TIME_LIMIT_MS = 4000;

/** Where the backend is and how this browser proves itself there. */
export interface Link {
  backend: string;
  token: string | null;
}

export interface Call<T> {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  idempotencyKey?: string;
  /** Reads the answer's JSON (null for an empty answer); null means it cannot be used. */
  read: (json: unknown) => T | null;
}

/** An answer with the HTTP status it came with (0: none came) and the seconds to wait the backend asked for. */
export type Reply<T> = Answer<T> & { status: number; retryAfter: number; json: unknown };

/** What advice is asked with. */
export function zoned(request: AdviceRequest): AdviceRequest & { time_zone: string | null } {
  return { ...request, time_zone: timeZone() || null };
}

/** Temporal knows it at once (Chrome 144, Firefox 139); the first date format of a worker takes 20 ms to make. */
function timeZone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId(): string } } };
  return Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export async function call<T>(
  link: Link,
  { method = 'GET', path, body, idempotencyKey, read }: Call<T>,
): Promise<Reply<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (link.token) headers.Authorization = `Bearer ${link.token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey;
  try {
    const response = await fetch(link.backend + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    const json = await jsonOf(response);
    const { status } = response;
    const retryAfter = Number(response.headers.get('Retry-After')) || 0;
    const value = response.ok ? read(json) : null;
    if (value !== null) return { ok: true, value, status, retryAfter, json };
    return { ok: false, trouble: response.ok ? 'bad_answer' : troubleOf(status), status, retryAfter, json };
  } catch (error) {
    const trouble = error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'unreachable';
    return { ok: false, trouble, status: 0, retryAfter: 0, json: null };
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return undefined;
  }
}

function troubleOf(status: number): Trouble {
  if (status === 401 || status === 403) return 'unauthorised';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'server' : 'refused';
}
