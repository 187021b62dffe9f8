// The part of the content script that a page with an editor needs: with its host it reads the page, and asks the worker.
import { fetcher } from './chunks';
import { Companion, onChange } from './companion';
import type { Host } from './hosts/host';
import type { KeepKeys } from './keys';
import type { Advice, Answer, MailMessage, PageReading, PageReport } from './protocol';
import type { LookSoon } from './watch';

/** What was there before; `ending` ends it all, leaving nothing in the page. */
export interface Given {
  ending: AbortController;
  keepKeys: KeepKeys;
  lookSoon: LookSoon;
}

const GONE: Answer<never> = { ok: false, trouble: 'server' };

export function awake(hostOf: (doc: Document) => Host, { ending, keepKeys, lookSoon }: Given): Companion {
  const { signal } = ending;
  const isAlive = () => {
    if (!chrome.runtime?.id) ending.abort();
    return !signal.aborted;
  };
  const send = sender(isAlive);
  /** The question last asked. What is merely noted down waits for it: a worker just woken has enough to do. */
  let asking: Promise<unknown> = Promise.resolve();
  const note = (message: MailMessage) => asking.then(() => send(message, null));
  return new Companion(
    {
      doc: document,
      host: hostOf(document),
      adviser: {
        recall: (request) => send<Advice | null>({ type: 'recall', request }, null),
        advise: (request) => {
          const answer = send<Answer<Advice>>({ type: 'advise', request }, GONE);
          asking = answer;
          return answer;
        },
        dismiss: (finding) => send({ type: 'dismiss', finding }, null),
        object: (objection) => send<Answer<unknown>>(objection, GONE),
      },
      fetch: fetcher((name) => send({ type: 'load', name }, false)),
      say: (word, value) => chrome.i18n.getMessage(word, value),
      keepKeys,
      onSample: (sample) => note({ type: 'sample', sample }),
      onSight: (sight) => note({ type: 'sight', sight }),
      signal,
      isAlive,
      ...(__TEST__ ? { onReport: onChange(tellTests) } : {}),
    },
    lookSoon,
  );
}

type Send = <T>(message: MailMessage, otherwise: T) => Promise<T>;

/** A page loaded before an update keeps a script whose worker is gone: then everything of ours leaves the page. */
function sender(isAlive: () => boolean): Send {
  return async <T>(message: MailMessage, otherwise: T): Promise<T> => {
    try {
      return ((await chrome.runtime.sendMessage(message)) as T | undefined) ?? otherwise;
    } catch (error) {
      if (isAlive()) console.warn('Aftertouch:', error);
      return otherwise;
    }
  };
}

/**
 * Test builds tell the page what was read; in release builds this is not there. Pop-outs are about:blank and inherit the
 * origin of the page that opened them.
 */
function tellTests(read: PageReading): void {
  const { hostname } = new URL(self.origin === 'null' ? location.href : self.origin);
  const report: PageReport = { host: hostname, ...read };
  document.dispatchEvent(new CustomEvent('aftertouch:report', { detail: JSON.stringify(report) }));
}
