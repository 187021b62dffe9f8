// Calls back when the page may have changed, at most ten times a second, at no cost per change of the page.

const APART_MS = 100;
/** Typing counts as paused after this time without a key. */
export const TYPING_PAUSE_MS = 200;
const IDLE_QUIET_MS = 450;
const SAFETY_MS = 1000;
const ATTRIBUTES = [
  'data-hovercard-id',
  'email',
  'value',
  'aria-label',
  'aria-selected',
  'style',
  'class',
  'hidden',
  'content',
  'id',
  'name',
];

/**
 * Runs `look` at once, after changes, and on a slow beat while `look` answers true ("a compose is open").
 * Answers a function that asks for a look within so many milliseconds.
 * The observer stops itself at the first change and starts again after the look, so a busy page costs one look per pause.
 * With a compose open the first change is looked at at once, and the next ones a tenth of a second later.
 */
export function watch(doc: Document, look: () => boolean, signal: AbortSignal): (ms?: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;
  let open = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const observer = new MutationObserver(() => {
    observer.disconnect();
    soon(open ? rest() : IDLE_QUIET_MS);
  });
  const rest = () => Math.max(0, lookedAt + APART_MS - performance.now());
  const run = () => {
    clearTimeout(timer);
    clearTimeout(beat);
    due = Number.POSITIVE_INFINITY;
    if (signal.aborted) return;
    lookedAt = performance.now();
    open = look();
    observer.observe(doc, { childList: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTES });
    if (open) beat = setTimeout(() => soon(0), SAFETY_MS);
  };
  const soon = (ms = rest()) => {
    const at = performance.now() + ms;
    if (at >= due || signal.aborted) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(run, ms);
  };

  doc.addEventListener('focusin', () => soon(open ? rest() : 0), { capture: true, passive: true, signal });
  doc.addEventListener('input', () => soon(TYPING_PAUSE_MS), { capture: true, passive: true, signal });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    clearTimeout(timer);
    clearTimeout(beat);
  });
  soon(0);
  return soon;
}
