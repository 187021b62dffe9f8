// Calls back when the page may have changed, at most ten times a second, at no cost per change of the page.
import { EDITABLE } from './hosts/dom';

const APART_MS = 100;
/** Typing counts as paused after this time without a key. */
export const TYPING_PAUSE_MS = 200;
/** Without a compose: so long after a change that showed no editor. */
const IDLE_APART_MS = 2000;
const SAFETY_MS = 1000;
/** Without a compose: so many changes are looked at one by one, then the page is let alone until the next look. */
const PATIENCE = 8;
/** What there is to watch: a page without an editor, one with an editor that is no compose (a chat, a hidden draft), a compose. */
export type Scene = 'bare' | 'editor' | 'compose';
const SHOWING = ['contenteditable', 'style', 'class', 'hidden'];
const TELLING = [
  ...SHOWING,
  'data-hovercard-id',
  'email',
  'value',
  'aria-label',
  'aria-selected',
  'content',
  'id',
  'name',
];
/** The attributes that could change it. On a bare page the many changes of looks cost nothing. */
const ATTRIBUTES: Record<Scene, string[]> = { bare: ['contenteditable'], editor: SHOWING, compose: TELLING };

/**
 * Is there an editor in what was added? What is built in place hangs in the first node added, what is built apart comes
 * last: the others are left to the next look.
 */
function bringsEditor(changes: MutationRecord[]): boolean {
  for (const change of [changes[0], changes.at(-1)]) {
    const nodes = change?.addedNodes;
    const last = nodes ? nodes.length - 1 : -1;
    if (last >= 0 && (isEditor(nodes?.[last]) || isEditor(nodes?.[last - 1]))) return true;
  }
  return false;
}

function isEditor(node: Node | undefined): boolean {
  if (!(node instanceof Element)) return false;
  return node.matches(EDITABLE) || !!(node.firstElementChild && node.querySelector(EDITABLE));
}

/**
 * Runs `look` at once, after changes, and on a slow beat while it finds a compose. Its argument says whether there is a
 * reason to look closely. Answers a function that asks for a close look within so many milliseconds.
 * With a compose open the observer stops itself at the first change and starts again after the look, a tenth of a second
 * later at most. Without one it looks into the first few changes for an editor, and then not before the next look: a page
 * that never rests costs one look in two seconds, whatever it does, and none while it is hidden. Something that gets the
 * focus is looked at at once.
 */
export function watch(doc: Document, look: (closely: boolean) => Scene, signal: AbortSignal): (ms?: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;
  let scene: Scene = 'bare';
  let lookedAt = Number.NEGATIVE_INFINITY;
  let patience = 0;
  let closely = true;

  const observer = new MutationObserver((changes) => {
    patience -= changes.length;
    const sees = scene === 'compose' || bringsEditor(changes);
    if (sees || patience < 0 || doc.hidden) observer.disconnect();
    if (sees) soon();
    else if (!doc.hidden) within(IDLE_APART_MS);
  });
  const rest = () => Math.max(0, lookedAt + APART_MS - performance.now());
  const run = () => {
    clearTimeout(timer);
    clearTimeout(beat);
    due = Number.POSITIVE_INFINITY;
    if (signal.aborted) return;
    lookedAt = performance.now();
    patience = PATIENCE;
    scene = look(closely);
    closely = false;
    observer.disconnect();
    observer.observe(doc, { childList: true, subtree: true, attributeFilter: ATTRIBUTES[scene] });
    if (scene === 'compose') beat = setTimeout(() => soon(0), SAFETY_MS);
  };
  const within = (ms: number) => {
    const at = performance.now() + ms;
    if (at >= due || signal.aborted) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(run, ms);
  };
  const soon = (ms = rest()) => {
    closely = true;
    within(ms);
  };

  const quietly = { capture: true, passive: true, signal };
  doc.addEventListener('focusin', () => soon(scene === 'compose' ? rest() : 0), quietly);
  doc.addEventListener('input', () => soon(TYPING_PAUSE_MS), quietly);
  signal.addEventListener('abort', () => observer.disconnect());
  soon(0);
  return soon;
}
