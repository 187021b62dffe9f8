// Calls back when the page may have changed, at most ten times a second, at no cost per change of the page.
import { TEXT_EDITOR } from './hosts/dom';

const APART_MS = 100;
/** Typing counts as paused after this time without a key. */
export const TYPING_PAUSE_MS = 200;
/** Without a compose: so long after the first change of a page that was still, and between looks at one that never rests. */
const IDLE_FIRST_MS = 300;
const IDLE_APART_MS = 2000;
const STILL_MS = 1000;
const ADDED_LOOKED_AT = 20;
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

/** Is there an editor in what was just added? Only a few nodes are looked at: the rest waits for the next look. */
function bringsEditor(changes: MutationRecord[]): boolean {
  const added = changes.slice(0, ADDED_LOOKED_AT).flatMap(({ addedNodes }) => [...addedNodes]);
  return added
    .slice(0, ADDED_LOOKED_AT)
    .some((node) => node instanceof Element && (node.matches(TEXT_EDITOR) || !!node.querySelector(TEXT_EDITOR)));
}

/**
 * Runs `look` at once, after changes, and on a slow beat while `look` answers true ("a compose is open").
 * Answers a function that asks for a look within so many milliseconds.
 * The observer stops itself at the first change and starts again after the look, so a busy page costs one look per pause.
 * Without a compose it looks rarely while the page goes on changing, and is alert again when something gets the focus.
 * With a compose open the first change is looked at at once, and the next ones a tenth of a second later.
 */
export function watch(doc: Document, look: () => boolean, signal: AbortSignal): (ms?: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;
  let open = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let alert = true;

  const observer = new MutationObserver((changes) => {
    observer.disconnect();
    const isStill = alert || performance.now() - lookedAt > STILL_MS;
    alert = false;
    soon(open || bringsEditor(changes) ? rest() : isStill ? IDLE_FIRST_MS : IDLE_APART_MS);
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

  const noteFocus = () => {
    alert = true;
    soon(open ? rest() : 0);
  };
  doc.addEventListener('focusin', noteFocus, { capture: true, passive: true, signal });
  doc.addEventListener('input', () => soon(TYPING_PAUSE_MS), { capture: true, passive: true, signal });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    clearTimeout(timer);
    clearTimeout(beat);
  });
  soon(0);
  return soon;
}
