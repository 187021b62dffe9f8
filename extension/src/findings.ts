// The open part of a banner: each finding with the mails it rests on, and what the person can say against it.
import type { Make } from './elements';
import type { Answer, CorrectionKind, Evidence, Objection, RecipientState, Verdict, Warning } from './protocol';
import type { Say } from './words';

/** What the person can do from the banner. */
export interface BannerActs {
  quiet(): void;
  dismiss(finding: string): void;
  retry(): void;
  object(objection: Objection): Promise<Answer<unknown>>;
}

const ABOUT_THE_RECIPIENT: CorrectionKind[] = ['answered_elsewhere', 'not_job_search'];
const ABOUT_A_MESSAGE: CorrectionKind[] = ['other_recipient', 'not_a_touch'];

export class Findings {
  readonly panel: HTMLElement;
  readonly #make: Make;
  readonly #say: Say;
  readonly #acts: BannerActs;
  readonly #facts: HTMLElement;
  readonly #notice: HTMLElement;
  readonly #choices: HTMLElement;
  /** What the panel does not show yet. */
  #waiting: Verdict | null = null;

  constructor(make: Make, say: Say, acts: BannerActs) {
    this.#make = make;
    this.#say = say;
    this.#acts = acts;
    this.#facts = make.make('div');
    this.#notice = make.make('p');
    this.#notice.setAttribute('role', 'status');
    this.#choices = make.make('div', 'acts');
    this.panel = make.make('div', 'more', this.#notice, this.#facts, this.#choices);
    this.panel.hidden = true;
  }

  get hasNotice(): boolean {
    return this.#notice.hasChildNodes();
  }

  /** Made when somebody looks: the first date a page writes takes longer than the whole line. */
  show(verdict: Verdict): void {
    this.#waiting = verdict;
    this.open(!this.panel.hidden);
  }

  open(opens: boolean): void {
    this.panel.hidden = !opens;
    if (opens && this.#waiting) this.#fill(this.#waiting);
  }

  #fill(verdict: Verdict): void {
    this.#waiting = null;
    const next = verdict.next_good_date && `${this.#say('next')}: ${day(verdict.next_good_date)}`;
    const facts = verdict.warnings.map((warning) => this.#warning(warning));
    this.#facts.replaceChildren(...facts, ...(next ? [this.#make.make('p', '', next)] : []));
    this.#choices.replaceChildren(...this.#actions(verdict, subjectOf(verdict)));
  }

  #warning({ message, instead, evidence }: Warning): HTMLElement {
    const { make } = this.#make;
    const list = make('ul', '', ...evidence.map((one) => this.#evidence(one)));
    return make('div', '', make('p', '', message), make('p', '', instead), list);
  }

  #evidence({ at, direction, channel, subject, link }: Evidence): HTMLElement {
    const lead = `${day(at)}, ${this.#say(direction)}: `;
    return this.#make.make('li', '', lead, this.#make.link(subject || channel, link));
  }

  #actions(verdict: Verdict, about: RecipientState | null): HTMLElement[] {
    const { button, link } = this.#make;
    const wrong = (id: string) => () => this.#offer(...this.#corrections(verdict, id));
    return [
      button(this.#say('quiet'), () => this.#acts.quiet()),
      ...(about
        ? [button(this.#say('mute'), () => this.#mute(about.id)), button(this.#say('wrong'), wrong(about.id))]
        : []),
      ...(verdict.history_url ? [link(this.#say('history'), verdict.history_url)] : []),
    ];
  }

  #corrections(verdict: Verdict, recipient: string): HTMLElement[] {
    const { button } = this.#make;
    const correct = (kind: CorrectionKind, key: string | null) => () => this.#correct(recipient, kind, key);
    const ofOne = (kind: CorrectionKind) => {
      const messages = keyedOnce(verdict, kind === 'not_a_touch' ? ['out'] : ['out', 'in']);
      const named = messages.map(({ at, subject, key }) => button(`${day(at)} ${subject}`, correct(kind, key)));
      const [only, ...others] = messages;
      if (!only) return [];
      const act = others.length ? () => this.#offer(this.#say('which'), ...named) : correct(kind, only.key);
      return [button(this.#say(kind), act)];
    };
    return [
      ...ABOUT_THE_RECIPIENT.map((kind) => button(this.#say(kind), correct(kind, null))),
      ...ABOUT_A_MESSAGE.flatMap(ofOne),
    ];
  }

  async #correct(recipient: string, kind: CorrectionKind, evidence: string | null): Promise<void> {
    const answer = await this.#acts.object({ type: 'correct', recipient, kind, evidence });
    if (answer.ok) this.#tell('corrected', { type: 'uncorrect', id: answer.value as string });
    else this.#tell('failed');
  }

  async #mute(recipient: string): Promise<void> {
    const { ok } = await this.#acts.object({ type: 'mute', recipient, muted: true });
    if (ok) this.#tell('muted', { type: 'mute', recipient, muted: false });
    else this.#tell('failed');
  }

  #tell(word: 'corrected' | 'muted' | 'failed' | 'undone', undo?: Objection): void {
    const again = (back: Objection) => async () => this.#tell((await this.#acts.object(back)).ok ? 'undone' : 'failed');
    const offered = undo ? [this.#make.button(this.#say('undo'), again(undo))] : [];
    this.#keepFocus(() => this.#notice.replaceChildren(this.#say(word), ...offered));
    this.open(true);
  }

  #offer(...choices: (Node | string)[]): void {
    this.#keepFocus(() => this.#choices.replaceChildren(...choices));
  }

  /** What was pressed goes and the focus stays in the banner: a key pressed beside it would be the page's. */
  #keepFocus(change: () => void): void {
    const root = this.panel.getRootNode() as ShadowRoot;
    const had = this.panel.contains(root.activeElement);
    change();
    if (had && !root.activeElement) this.#choices.querySelector('button')?.focus();
  }
}

/** The messages among the evidence that went these ways, each once, where the backend gave them keys. */
function keyedOnce({ warnings }: Verdict, ways: Evidence['direction'][]): Evidence[] {
  const told = warnings
    .flatMap(({ evidence }) => evidence)
    .filter(({ direction, key }) => ways.includes(direction) && key);
  return [...new Map(told.map((one) => [one.key, one])).values()];
}

/** Whom the verdict is about: the one its sentence names, else the one longest without an answer. */
function subjectOf({ headline, recipients }: Verdict): RecipientState | null {
  const named = recipients.find(({ address }) => headline.includes(address));
  return named ?? [...recipients].sort((a, b) => b.unanswered - a.unanswered)[0] ?? null;
}

/** A date or an instant as a short day in the person's language. */
function day(value: string): string {
  const date = new Date(value.length === 10 ? `${value}T12:00` : value);
  if (Number.isNaN(date.getTime())) return value;
  return date.toLocaleDateString([], { weekday: 'short', month: 'short', day: 'numeric' });
}
