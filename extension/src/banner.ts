// A verdict as elements in a closed shadow root: one sentence, the facts behind it on request, and ways to quieten it.
import { dress, groundOf } from './dressing';
import { type Make, maker } from './elements';
import { type BannerActs, Findings } from './findings';
import type { Spot } from './hosts/host';
import type { KeepKeys } from './keys';
import { Placement } from './placement';
import type { Level, Trouble, Verdict } from './protocol';
import type { Say } from './words';

export interface Banner {
  show(verdict: Verdict, finding: string): void;
  cannotCheck(trouble: Trouble): void;
  place(spot: Spot | null, root: Element): void;
  /** Is something written there (with its undo) that must outlive a verdict that turned clear? */
  hasNotice(): boolean;
  remove(): void;
}

export interface BannerParts {
  doc: Document;
  /** The compose's key; the page may read it. */
  key: string;
  say: Say;
  acts: BannerActs;
  keepKeys: KeepKeys;
  /** Is told the closed shadow root; for tests. */
  inside?: (root: ShadowRoot) => void;
}

const ANNOUNCE_AFTER_MS = 60;
const HEARD_MS = 2000;
const RING = 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1';
const SIGNS: Record<Level, string> = {
  clear: 'M5 8l2.5 2.5L11 6',
  note: 'M8 7v5M8 4v1',
  caution: 'M8 4v5M8 11v1',
  hold: 'M6 5v6M10 5v6',
  stop: 'M4 8h8',
  unknown: 'M6 6a2 2 0 1 1 2 2v1M8 11v1',
};

/** What the worker calls in the page when the person presses the key for it: by this name in the world of our scripts. */
export const TO_BANNER = 'aftertouch.toBanner';
const standing = new Set<BannerView>();

/** A banner for one compose; it enters the page with the first `place`. */
export function createBanner(parts: BannerParts): Banner {
  Object.assign(globalThis, { [Symbol.for(TO_BANNER)]: toBanner });
  return new BannerView(parts);
}

/** Puts the focus into the banner of the compose that has it, else into the one that came last. */
function toBanner(): void {
  const all = [...standing];
  (all.find((one) => one.isBesideFocus()) ?? all.at(-1))?.takeFocus();
}

class BannerView implements Banner {
  readonly #parts: BannerParts;
  readonly #host: HTMLElement;
  readonly #shadow: ShadowRoot;
  readonly #placement: Placement;
  readonly #make: Make;
  readonly #box: HTMLElement;
  readonly #line: HTMLElement;
  readonly #sentence: HTMLElement;
  readonly #status: HTMLElement;
  readonly #why: HTMLButtonElement;
  readonly #again: HTMLButtonElement;
  readonly #findings: Findings;
  #shown = '';
  #finding = '';
  #said = '';
  #cameFrom: HTMLElement | null = null;
  #root: Element | null = null;

  constructor(parts: BannerParts) {
    const { doc, key, say, acts } = parts;
    this.#parts = parts;
    this.#make = maker(doc);
    const { make, button } = this.#make;
    this.#host = make('aftertouch-banner' as 'div');
    this.#host.dataset.compose = key;
    this.#placement = new Placement(this.#host);
    this.#sentence = make('p', 'say');
    this.#status = make('p', 'heard');
    this.#status.setAttribute('role', 'status');
    this.#why = button(say('why'), () => this.#toggle());
    this.#again = button(say('again'), () => this.#retry());
    const close = button('×', () => this.#dismiss());
    close.setAttribute('aria-label', say('dismiss'));
    this.#line = make('div', 'line', make('i'), this.#sentence, this.#why, this.#again, close);
    this.#findings = new Findings(this.#make, say, acts);
    this.#box = make('div', 'box', this.#status, this.#line, this.#findings.panel);
    this.#shadow = this.#host.attachShadow({ mode: 'closed' });
    this.#furnish();
  }

  #furnish(): void {
    dress(this.#shadow);
    this.#shadow.append(this.#box);
    this.#parts.inside?.(this.#shadow);
    this.#parts.keepKeys(this.#host, () => this.#dismiss());
    this.#host.addEventListener('focusin', ({ relatedTarget }) => {
      this.#cameFrom ??= relatedTarget as HTMLElement | null;
    });
  }

  show(verdict: Verdict, finding: string): void {
    this.#finding = finding;
    const text = JSON.stringify(verdict);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#keepFocus(() => {
      this.#draw(verdict.level, verdict.headline);
      this.#findings.show(verdict);
      this.#why.hidden = verdict.level === 'unknown' && !verdict.warnings.length;
      this.#again.hidden = true;
    });
  }

  cannotCheck(trouble: Trouble): void {
    if (this.#shown === trouble) return;
    this.#shown = trouble;
    this.#finding = '';
    this.#keepFocus(() => {
      this.#draw('unknown', this.#parts.say(`page_${trouble}`));
      this.#findings.panel.hidden = true;
      this.#why.hidden = true;
      this.#again.hidden = false;
    });
  }

  /** Whoever stands in it stays in it when what they stood on goes: a key pressed beside it would be the page's. */
  #keepFocus(change: () => void): void {
    const had = this.#shadow.activeElement;
    change();
    if (had && (!had.isConnected || had.closest('[hidden]'))) this.takeFocus();
  }

  place(spot: Spot | null, root: Element): void {
    const { colour, dark } = groundOf(spot ? spot.parent : root);
    this.#placement.place(spot, root);
    this.#root = root;
    standing.add(this);
    this.#box.style.setProperty('--ground', colour);
    this.#box.classList.toggle('dark', dark);
    this.#box.classList.toggle('light', !dark);
  }

  hasNotice(): boolean {
    return this.#findings.hasNotice;
  }

  remove(): void {
    const hadFocus = this.#parts.doc.activeElement === this.#host;
    this.#placement.remove();
    standing.delete(this);
    if (hadFocus && this.#cameFrom?.isConnected) this.#cameFrom.focus({ preventScroll: true });
  }

  isBesideFocus(): boolean {
    return !!this.#root?.contains(this.#parts.doc.activeElement);
  }

  takeFocus(): void {
    (this.#why.hidden ? this.#again : this.#why).focus();
  }

  #dismiss(): void {
    this.#parts.acts.dismiss(this.#finding);
  }

  /** The same trouble again is said again. */
  #retry(): void {
    this.#shown = this.#said = '';
    this.#parts.acts.retry();
  }

  #toggle(): void {
    const opens = this.#findings.panel.hidden === true;
    this.#findings.open(opens);
    this.#why.setAttribute('aria-expanded', `${opens}`);
    this.#box.classList.toggle('open', opens);
  }

  #draw(level: Level, sentence: string): void {
    this.#box.classList.remove(this.#host.dataset.level ?? level);
    this.#host.dataset.level = level;
    this.#box.classList.add(level);
    this.#line.firstElementChild?.replaceWith(this.#make.icon(RING + SIGNS[level]));
    this.#announce(`${this.#parts.say(level)}:`, sentence);
  }

  /** Eyes get the sentence at once. Ears get it from a region that stands empty first and is emptied again: so once. */
  #announce(level: string, sentence: string): void {
    if (this.#said === sentence) return;
    this.#said = sentence;
    this.#sentence.title = sentence;
    this.#sentence.replaceChildren(this.#make.make('b', '', level), ` ${sentence}`);
    const say = (text: string) => () => {
      if (this.#said === sentence) this.#status.textContent = text;
    };
    setTimeout(say(`${level} ${sentence}`), ANNOUNCE_AFTER_MS);
    setTimeout(say(''), HEARD_MS);
  }
}
