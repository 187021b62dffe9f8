// A verdict as elements in a closed shadow root: one sentence, the facts behind it on request, and ways to quieten it.
import { dress, groundOf } from './banner_style';
import type { Spot } from './hosts/host';
import { Placement } from './placement';
import type { CorrectionKind, Evidence, Level, RecipientState, Trouble, Verdict, Warning } from './protocol';
import { type BannerWords, bannerWords } from './words/banner';

/** What the person can do from the banner. Promises say whether it was kept (`correct`: the correction's id). */
export interface BannerActs {
  quiet(): void;
  dismiss(finding: string): void;
  mute(recipient: string, muted: boolean): Promise<boolean>;
  correct(recipient: string, kind: CorrectionKind, evidence: string | null): Promise<string | null>;
  uncorrect(id: string): Promise<boolean>;
}

export interface Banner {
  show(verdict: Verdict, finding: string): void;
  cannotCheck(trouble: Trouble): void;
  place(spot: Spot | null, root: Element): void;
  /** Is something written there (with its undo) that must outlive a verdict that turned clear? */
  hasNotice(): boolean;
  remove(): void;
}

const NAME = 'aftertouch-banner';
const ANNOUNCE_AFTER_MS = 60;
const CORRECTIONS: CorrectionKind[] = ['answered_elsewhere', 'not_job_search', 'other_recipient', 'not_a_touch'];
const ICONS: Record<Level, string> = {
  clear: 'M3 8l3.5 3.5L13 5',
  note: 'M8 7v5M8 4v1',
  caution: 'M8 4v5M8 11v1',
  hold: 'M6 4v8M10 4v8',
  stop: 'M4 8h8',
  unknown: 'M6 6a2 2 0 1 1 2 2v1M8 11v1',
};

const closers = new WeakMap<EventTarget, () => void>();

/** Keys typed in a banner are the banner's: the page must not take them for its shortcuts. Call before the page's own scripts run. */
export function guardKeys(view: Window, signal: AbortSignal): void {
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    view.addEventListener(
      type,
      (event) => {
        const close = event.target && closers.get(event.target);
        if (!close) return;
        event.stopImmediatePropagation();
        if (type === 'keydown' && event.key === 'Escape') close();
      },
      { capture: true, signal },
    );
  }
}

/** A banner for the compose `key`; it enters the page with the first `place`. `inside` is told the shadow root (tests). */
export function createBanner(
  doc: Document,
  key: string,
  acts: BannerActs,
  inside?: (root: ShadowRoot) => void,
): Banner {
  return new BannerView(doc, key, acts, inside);
}

class BannerView implements Banner {
  private readonly host: HTMLElement;
  private readonly root: ShadowRoot;
  private readonly box: HTMLElement;
  private readonly say: HTMLElement;
  private readonly more: HTMLElement;
  private readonly why: HTMLButtonElement;
  private readonly placement: Placement;
  private readonly words: BannerWords;
  private shown = '';
  private finding = '';
  private notice: HTMLElement | null = null;
  private cameFrom: HTMLElement | null = null;

  constructor(
    private readonly doc: Document,
    key: string,
    private readonly acts: BannerActs,
    inside?: (root: ShadowRoot) => void,
  ) {
    this.words = bannerWords(navigator.language);
    this.host = doc.createElement(NAME);
    this.host.dataset.compose = key;
    this.root = this.host.attachShadow({ mode: 'closed' });
    inside?.(this.root);
    dress(this.root, doc);
    this.box = this.make('div', { className: 'box' });
    this.say = this.make('p', { className: 'say', role: 'status' });
    this.more = this.make('div', { className: 'more', hidden: true });
    this.why = this.button(this.words.why, () => this.toggle());
    this.placement = new Placement(this.host);
    this.root.append(this.box);
    closers.set(this.host, () => this.dismiss());
    this.host.addEventListener('focusin', (event) => {
      this.cameFrom ??= event.relatedTarget as HTMLElement | null;
    });
  }

  show(verdict: Verdict, finding: string): void {
    this.finding = finding;
    const text = JSON.stringify(verdict);
    if (text === this.shown) return;
    this.shown = text;
    this.draw(verdict.level, verdict.headline);
    this.more.replaceChildren(...this.details(verdict));
    this.why.hidden = verdict.level === 'unknown' && !verdict.warnings.length;
  }

  cannotCheck(trouble: Trouble): void {
    this.finding = '';
    if (this.shown === trouble) return;
    this.shown = trouble;
    this.draw('unknown', this.words.trouble[trouble]);
    this.more.hidden = true;
    this.more.replaceChildren();
    this.why.hidden = true;
  }

  place(spot: Spot | null, root: Element): void {
    this.placement.place(spot, root);
    const { colour, dark } = groundOf(spot ? spot.parent : root);
    this.box.style.setProperty('--ground', colour);
    this.box.classList.toggle('dark', dark);
    this.box.classList.toggle('light', !dark);
  }

  hasNotice(): boolean {
    return this.notice !== null;
  }

  remove(): void {
    const hadFocus = this.doc.activeElement === this.host;
    this.placement.remove();
    if (hadFocus && this.cameFrom?.isConnected) this.cameFrom.focus({ preventScroll: true });
  }

  private dismiss(): void {
    this.acts.dismiss(this.finding);
  }

  private draw(level: Level, headline: string): void {
    this.host.dataset.level = level;
    this.box.className = `box ${level} ${this.box.classList.contains('dark') ? 'dark' : 'light'}`;
    const close = this.button('×', () => this.dismiss());
    close.setAttribute('aria-label', this.words.dismiss);
    if (!this.say.isConnected) {
      const line = this.make('div', { className: 'line' });
      line.append(this.say, this.why, close);
      this.box.replaceChildren(line, this.more);
    }
    this.box.querySelector('.icon')?.remove();
    this.say.before(this.icon(level));
    this.announce(this.words.level[level], headline);
  }

  /** The status region stands empty first and is filled later, once per sentence: so it is read out once. */
  private announce(level: string, headline: string): void {
    if (this.say.dataset.text === headline) return;
    this.say.dataset.text = headline;
    setTimeout(() => {
      if (this.say.dataset.text !== headline) return;
      const lead = this.make('span', { className: 'level', textContent: `${level}:` });
      this.say.replaceChildren(lead, ` ${headline}`);
    }, ANNOUNCE_AFTER_MS);
  }

  private toggle(): void {
    this.more.hidden = !this.more.hidden;
    this.why.setAttribute('aria-expanded', String(!this.more.hidden));
  }

  private details(verdict: Verdict): HTMLElement[] {
    const about = subjectOf(verdict);
    const parts = verdict.warnings.flatMap((warning) => this.warning(warning));
    if (verdict.next_good_date) {
      parts.push(this.make('p', { textContent: `${this.words.next}: ${day(verdict.next_good_date)}` }));
    }
    if (this.notice) parts.push(this.notice);
    return [...parts, this.actions(verdict, about)];
  }

  private warning(warning: Warning): HTMLElement[] {
    const list = this.make('ul', {});
    list.append(...warning.evidence.map((evidence) => this.evidence(evidence)));
    const texts = [warning.message, warning.instead]
      .filter(Boolean)
      .map((textContent) => this.make('p', { textContent }));
    return [...texts, list];
  }

  private evidence({ at, direction, channel, subject, link }: Evidence): HTMLElement {
    const item = this.make('li', {});
    const text = subject || channel;
    item.append(
      `${day(at)}, ${direction === 'out' ? this.words.sent : this.words.received}: `,
      link ? this.link(text, link) : text,
    );
    return item;
  }

  private actions(verdict: Verdict, about: RecipientState | null): HTMLElement {
    const row = this.make('div', { className: 'acts' });
    row.append(this.button(this.words.quiet, () => this.acts.quiet()));
    if (about) {
      row.append(this.button(this.words.mute, () => this.mute(about.id)));
      row.append(this.button(this.words.wrong, () => row.replaceChildren(...this.corrections(verdict, about.id, row))));
    }
    if (verdict.history_url) row.append(this.link(this.words.history, verdict.history_url));
    return row;
  }

  private corrections(verdict: Verdict, recipient: string, row: HTMLElement): HTMLElement[] {
    const sent = verdict.warnings
      .flatMap(({ evidence }) => evidence)
      .filter(({ direction, key }) => direction === 'out' && key);
    const choices = [...new Map(sent.map((evidence) => [evidence.key, evidence])).values()];
    return CORRECTIONS.map((kind) =>
      this.button(this.words.correction[kind], () => {
        if (kind === 'not_a_touch' && choices.length > 1) row.replaceChildren(...this.choices(choices, recipient));
        else void this.correct(recipient, kind, kind === 'not_a_touch' ? (choices[0]?.key ?? null) : null);
      }),
    );
  }

  private choices(choices: Evidence[], recipient: string): HTMLElement[] {
    const ask = this.make('span', { textContent: this.words.which });
    const buttons = choices.map(({ at, subject, key }) =>
      this.button(`${day(at)} ${subject}`, () => this.correct(recipient, 'not_a_touch', key)),
    );
    return [ask, ...buttons];
  }

  private async correct(recipient: string, kind: CorrectionKind, evidence: string | null): Promise<void> {
    const id = await this.acts.correct(recipient, kind, evidence);
    this.tell(id ? this.words.corrected : this.words.failed, id ? () => this.acts.uncorrect(id) : null);
  }

  private async mute(recipient: string): Promise<void> {
    const kept = await this.acts.mute(recipient, true);
    this.tell(kept ? this.words.muted : this.words.failed, kept ? () => this.acts.mute(recipient, false) : null);
  }

  private tell(text: string, undo: (() => Promise<boolean>) | null): void {
    this.notice?.remove();
    this.notice = this.make('p', { textContent: `${text} `, role: 'status' });
    if (undo) {
      const again = async () => this.tell((await undo()) ? this.words.undone : this.words.failed, null);
      this.notice.append(this.button(this.words.undo, again));
    }
    this.more.hidden = false;
    this.more.prepend(this.notice);
  }

  private make<K extends keyof HTMLElementTagNameMap>(tag: K, given: Partial<HTMLElement>): HTMLElementTagNameMap[K] {
    const { role, ...properties } = given;
    const element = Object.assign(this.doc.createElement(tag), properties);
    if (role) element.setAttribute('role', role);
    return element;
  }

  private button(text: string, act: () => unknown): HTMLButtonElement {
    const button = this.make('button', { textContent: text });
    button.type = 'button';
    button.addEventListener('click', () => void act());
    return button;
  }

  private link(text: string, href: string): HTMLElement {
    if (!/^https?:\/\//.test(href)) return this.make('span', { textContent: text });
    const link = this.make('a', { textContent: text });
    Object.assign(link, { href, target: '_blank', rel: 'noopener noreferrer' });
    return link;
  }

  private icon(level: Level): SVGElement {
    const namespace = 'http://www.w3.org/2000/svg';
    const icon = this.doc.createElementNS(namespace, 'svg');
    icon.setAttribute('class', 'icon');
    icon.setAttribute('viewBox', '0 0 16 16');
    icon.setAttribute('aria-hidden', 'true');
    const ring = 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1';
    const path = this.doc.createElementNS(namespace, 'path');
    for (const [name, value] of Object.entries({
      d: `${ring}${ICONS[level]}`,
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': '1.6',
    })) {
      path.setAttribute(name, value);
    }
    icon.append(path);
    return icon;
  }
}

/** Whom the verdict is about: the one its sentence names, else the one longest without an answer. */
function subjectOf({ headline, recipients }: Verdict): RecipientState | null {
  const named = recipients.find(({ address }) => headline.includes(address));
  return named ?? [...recipients].sort((a, b) => b.unanswered - a.unanswered)[0] ?? null;
}

/** A date or an instant as a short day in the person's language. */
function day(value: string): string {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T12:00:00` : value);
  if (Number.isNaN(date.getTime())) return value;
  return new Intl.DateTimeFormat(undefined, { weekday: 'short', month: 'short', day: 'numeric' }).format(date);
}
