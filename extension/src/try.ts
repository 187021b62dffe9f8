// The banner on the backend's own /try page: the same code, asking the backend directly with the page's session.
import german from '../_locales/de/messages.json';
import english from '../_locales/en/messages.json';
import { accompany } from './accompany';
import { readId, readVerdict } from './answers';
import { zoned } from './api';
import type { Adviser } from './attendant';
import { createBanner } from './banner';
import type { ChunkName, Chunks } from './chunks';
import { Companion } from './companion';
import { generic, genericComposes } from './hosts/generic';
import { guardKeys } from './keys';
import type { Advice, Answer, Objection } from './protocol';
import type { LookSoon } from './watch';
import type { Say } from './words';

const TIME_LIMIT_MS = 4000;
const { signal } = new AbortController();
const put = new Set<string>();

async function request(method: string, path: string, body?: unknown): Promise<Response | null> {
  try {
    return await fetch(path, {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
  } catch {
    return null;
  }
}

async function answered<T>(
  read: (json: unknown) => T | null,
  ...asked: [string, string, unknown?]
): Promise<Answer<T>> {
  const response = await request(...asked);
  const value = response?.ok ? read(await response.json().catch(() => null)) : null;
  return value === null ? { ok: false, trouble: 'server' } : { ok: true, value };
}

/** As the worker does it in the extension. */
function object(objection: Objection): Promise<Answer<unknown>> {
  const done = () => true;
  switch (objection.type) {
    case 'mute': {
      const { recipient, muted } = objection;
      return answered(done, 'PATCH', `/api/v1/recipients/${encodeURIComponent(recipient)}`, { muted });
    }
    case 'correct': {
      const { recipient, kind, evidence } = objection;
      return answered(readId, 'POST', '/api/v1/corrections', { recipient, kind, evidence });
    }
    case 'uncorrect':
      return answered(done, 'DELETE', `/api/v1/corrections/${encodeURIComponent(objection.id)}`);
  }
}

const adviser: Adviser = {
  recall: async () => null,
  advise: async (body): Promise<Answer<Advice>> => {
    const response = await request('POST', '/api/v1/advice', zoned(body));
    if (!response) return { ok: false, trouble: 'unreachable' };
    if (!response.ok) return { ok: false, trouble: response.status === 401 ? 'unauthorised' : 'server' };
    const verdict = readVerdict(await response.json(), location.origin);
    if (!verdict) return { ok: false, trouble: 'bad_answer' };
    const finding = JSON.stringify([verdict.recipients, verdict.warnings.map(({ rule, level }) => [rule, level])]);
    return { ok: true, value: { verdict, finding, dismissed: put.has(finding) } };
  },
  dismiss: async (finding) => put.add(finding),
  object,
};

const parts: { [K in ChunkName]: () => Promise<Chunks[K] | null> } = {
  banner: async () => createBanner,
  reader: async () => (await import('./reader/index')).readDraft,
  shape: async () => genericComposes,
};

const catalogue = navigator.language.startsWith('de') ? german : english;
const say: Say = (word) => catalogue[word].message;

const make = (lookSoon: LookSoon) =>
  new Companion(
    {
      doc: document,
      host: generic(document),
      adviser,
      fetch: (name) => parts[name](),
      say,
      keepKeys: guardKeys(window, signal),
      signal,
    },
    lookSoon,
  );

accompany(document, make, signal);
