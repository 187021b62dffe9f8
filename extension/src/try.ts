// The banner on the backend's own /try page: the same code, asking the backend directly with the page's session.
import german from '../_locales/de/messages.json';
import english from '../_locales/en/messages.json';
import { readId, readVerdict } from './answers';
import type { Adviser } from './attendant';
import { createBanner } from './banner';
import { accompany } from './companion';
import { generic } from './hosts/generic';
import { guardKeys } from './keys';
import type { Advice, Answer } from './protocol';
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

async function succeeded(method: string, path: string, body?: unknown): Promise<boolean> {
  return (await request(method, path, body))?.ok ?? false;
}

const adviser: Adviser = {
  recall: async () => null,
  advise: async (body): Promise<Answer<Advice>> => {
    const response = await request('POST', '/api/v1/advice', body);
    if (!response) return { ok: false, trouble: 'unreachable' };
    if (!response.ok) return { ok: false, trouble: response.status === 401 ? 'unauthorised' : 'server' };
    const verdict = readVerdict(await response.json(), location.origin);
    if (!verdict) return { ok: false, trouble: 'bad_answer' };
    const finding = JSON.stringify([verdict.recipients, verdict.warnings.map(({ rule, level }) => [rule, level])]);
    return { ok: true, value: { verdict, finding, dismissed: put.has(finding) } };
  },
  dismiss: async (finding) => put.add(finding),
  mute: (recipient, muted) => succeeded('PATCH', `/api/v1/recipients/${encodeURIComponent(recipient)}`, { muted }),
  correct: async (recipient, kind, evidence) => {
    const response = await request('POST', '/api/v1/corrections', { recipient, kind, evidence });
    return response?.ok ? readId(await response.json()) : null;
  },
  uncorrect: (id) => succeeded('DELETE', `/api/v1/corrections/${encodeURIComponent(id)}`),
};

const fetchBanner = async () => createBanner;
const fetchReader = async () => (await import('./reader/index')).readDraft;

const catalogue = navigator.language.startsWith('de') ? german : english;
const say: Say = (word) => catalogue[word].message;

accompany({
  doc: document,
  hostname: location.hostname,
  host: generic(document),
  adviser,
  fetchBanner,
  fetchReader,
  say,
  keepKeys: guardKeys(window, signal),
  signal,
});
