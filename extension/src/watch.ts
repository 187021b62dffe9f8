// Calls back when the page may have changed, at most ten times a second, at no cost per change of the page.

const QUIET_MS = 90;
const IDLE_QUIET_MS = 220;
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
 */
export function watch(doc: Document, look: () => boolean, signal: AbortSignal): (ms?: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;
  let open = false;

  const observer = new MutationObserver(() => {
    observer.disconnect();
    soon(open ? QUIET_MS : IDLE_QUIET_MS);
  });
  const run = () => {
    clearTimeout(timer);
    clearTimeout(beat);
    due = Number.POSITIVE_INFINITY;
    if (signal.aborted) return;
    open = look();
    observer.observe(doc, { childList: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTES });
    if (open) beat = setTimeout(() => soon(0), SAFETY_MS);
  };
  const soon = (ms = QUIET_MS) => {
    const at = performance.now() + ms;
    if (at >= due || signal.aborted) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(run, ms);
  };

  doc.addEventListener('focusin', () => soon(open ? QUIET_MS : 0), { capture: true, passive: true, signal });
  doc.addEventListener('input', () => soon(), { capture: true, passive: true, signal });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    clearTimeout(timer);
    clearTimeout(beat);
  });
  soon(0);
  return soon;
}
