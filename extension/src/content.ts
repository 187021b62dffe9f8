// Runs in the mail page from its first moment: keeps the banner's keys to it, and wakes the rest when there is an editor.
import { accompany } from './accompany';
import type { Given } from './awake';
import type { Companion } from './companion';
import { guardKeys } from './keys';

/** Begins when the page's body is there. `editor` selects the host's own editors. */
export function begin(awake: (given: Given) => Companion, editor: string): void {
  const ending = new AbortController();
  const { signal } = ending;
  const keepKeys = guardKeys(window, signal);
  const start = () => accompany(document, (lookSoon) => awake({ ending, keepKeys, lookSoon }), signal, editor);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start, { once: true, signal });
  else start();
}
