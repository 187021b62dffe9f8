// Runs in the mail page with its host: asks the worker, and ends without a trace when the extension is gone.
import type { Adviser } from './attendant';
import { type ChunkName, chunk } from './chunks';
import { accompany } from './companion';
import type { Host } from './hosts/host';
import { guardKeys } from './keys';
import type { Advice, Answer, MailMessage, PageReport } from './protocol';

const ending = new AbortController();
const { signal } = ending;

function isAlive(): boolean {
  if (!chrome.runtime?.id) ending.abort();
  return !signal.aborted;
}

/** A page loaded before an update keeps a script whose worker is gone: then everything of ours leaves the page. */
async function send<T>(message: MailMessage, otherwise: T): Promise<T> {
  try {
    return ((await chrome.runtime.sendMessage(message)) as T | undefined) ?? otherwise;
  } catch (error) {
    if (isAlive()) console.warn('Aftertouch: no answer', error);
    return otherwise;
  }
}

const GONE: Answer<never> = { ok: false, trouble: 'server' };

const adviser: Adviser = {
  recall: (request) => send<Advice | null>({ type: 'recall', request }, null),
  advise: (request) => send<Answer<Advice>>({ type: 'advise', request }, GONE),
  dismiss: (finding) => send({ type: 'dismiss', finding }, null),
  object: (objection) => send<Answer<unknown>>(objection, GONE),
};

const load = (name: ChunkName) => send<boolean>({ type: 'load', name }, false);

/** Begins when the page's body is there. Pop-outs are about:blank and inherit the origin of the page that opened them. */
export function begin(hostOf: (doc: Document) => Host): void {
  const keepKeys = guardKeys(window, signal);
  const start = () => {
    const { hostname } = new URL(self.origin === 'null' ? location.href : self.origin);
    accompany({
      doc: document,
      hostname,
      host: hostOf(document),
      adviser,
      fetch: (name) => chunk(name, load),
      say: (word, value) => chrome.i18n.getMessage(word, value),
      keepKeys,
      onSample: (sample) => void send({ type: 'sample', sample }, null),
      onSight: (sight) => void send({ type: 'sight', sight }, null),
      signal,
      isAlive,
      ...(__TEST__ ? { onReport: tellTests } : {}),
    });
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start, { once: true, signal });
  else start();
}

/** Test builds tell the page what was read; in release builds this is not there. */
function tellTests(report: PageReport): void {
  document.dispatchEvent(new CustomEvent('aftertouch:report', { detail: JSON.stringify(report) }));
}
