// Calls back when the page may have changed, at most ten times a second, at no cost per change of the page.
import { EDITABLE } from './hosts/editable';

const APART_MS = 100;
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

/** Asks for a close look within so many milliseconds. */
export type LookSoon = (ms?: number) => void;

/**
 * Is there an editor in what was added? What is built in place hangs in the first node added, what is built apart comes
 * last: the others are left to the next look.
 */
function bringsEditor(changes: MutationRecord[]): boolean {
  for (const { addedNodes } of [changes[0], changes.at(-1)] as MutationRecord[]) {
    const last = addedNodes.length - 1;
    if (isEditor(addedNodes[last]) || isEditor(addedNodes[last - 1])) return true;
  }
  return false;
}

function isEditor(node: Node | undefined): boolean {
  return node instanceof Element && (node.matches(EDITABLE) || !!node.querySelector(EDITABLE));
}

/**
 * Runs `look` at once, after changes, and on a slow beat while it finds a compose. Its arguments say whether there is a
 * reason to look closely, and how to ask for a close look within so many milliseconds.
 * With a compose open the observer stops itself at the first change and starts again after the look, a tenth of a second
 * later at most. Without one it looks into the first few changes for an editor, and then not before the next look: a page
 * that never rests costs one look in two seconds, whatever it does, and none while it is hidden. Something that gets the
 * focus is looked at at once.
 */
export function watch(doc: Document, look: (closely: boolean, soon: LookSoon) => Scene, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  /** When the timer goes off; 0 without one. */
  let due = 0;
  let scene: Scene = 'bare';
  let lookedAt = 0;
  let patience = 0;
  let closely = true;
  let { hidden } = doc;

  const observer = new MutationObserver((changes) => {
    patience -= changes.length;
    const sees = scene === 'compose' || bringsEditor(changes);
    if (sees || patience < 0) observer.disconnect();
    if (sees) soon();
    else within(IDLE_APART_MS);
  });
  const run = () => {
    due = 0;
    observer.disconnect();
    if (signal.aborted || (hidden && !closely)) return;
    if (beat) clearTimeout(beat);
    lookedAt = performance.now();
    patience = PATIENCE;
    try {
      scene = look(closely, soon);
    } finally {
      closely = false;
      if (!signal.aborted)
        observer.observe(doc, { childList: true, subtree: true, attributeFilter: ATTRIBUTES[scene] });
      if (scene === 'compose') beat = setTimeout(soon, SAFETY_MS, 0);
    }
  };
  const within = (ms: number) => {
    const at = performance.now() + ms;
    if ((due && at >= due) || signal.aborted) return;
    if (timer) clearTimeout(timer);
    due = at;
    timer = setTimeout(run, ms);
  };
  const soon = (ms = Math.max(0, lookedAt + APART_MS - performance.now())) => {
    closely = true;
    within(ms);
  };

  const quietly = { capture: true, passive: true, signal };
  doc.addEventListener('focusin', () => soon(scene === 'compose' ? undefined : 0), quietly);
  doc.addEventListener(
    'visibilitychange',
    () => {
      hidden = doc.hidden;
      if (!hidden) soon(0);
    },
    quietly,
  );
  signal.addEventListener('abort', () => observer.disconnect());
  run();
}
