// Attends to one compose: asks for advice when its recipients or its draft's signals change, and shows what comes back.
import { everybody } from './addresses';
import type { Banner } from './banner';
import type { Chunks } from './chunks';
import { draftText } from './draft_text';
import type { BannerActs } from './findings';
import type { Found } from './hosts/host';
import type { KeepKeys } from './keys';
import type { Advice, AdviceRequest, Answer, ComposeReport, Objection, Provider, Signals, Trouble } from './protocol';
import type { Say } from './words';

/** Who answers: the worker in the extension, the backend itself on /try. `recall` answers from memory, or null. */
export interface Adviser {
  recall(request: AdviceRequest): Promise<Advice | null>;
  advise(request: AdviceRequest): Promise<Answer<Advice>>;
  dismiss(finding: string): Promise<unknown>;
  object(objection: Objection): Promise<Answer<unknown>>;
}

/** What an attendant needs of the page around its compose. */
export interface Surroundings {
  doc: Document;
  provider: Provider | null;
  adviser: Adviser;
  say: Say;
  keepKeys: KeepKeys;
  /** What makes banners, as soon as it has come; null when it cannot be had. */
  createBanner(): Promise<Chunks['banner'] | null>;
  account(): string | null;
  /** What reads drafts; undefined while it is fetched (a look follows), null when it cannot be had. */
  reader(): Chunks['reader'] | null | undefined;
  /** Is a character just being put together from several keys? Then nothing may move. */
  isComposing(): boolean;
  /** Milliseconds until typing counts as paused, 0 when it is. */
  typingRest(): number;
  lookSoon(ms: number): void;
}

/** Pages show their account late; a compose without one waits so long before anybody is asked. */
const ACCOUNT_COMES_WITHIN_MS = 800;
const SILENT: Trouble[] = ['not_paired', 'site_off'];

export class Attendant {
  readonly #around: Surroundings;
  readonly #seenAt = performance.now();
  #report: ComposeReport;
  #found: Found;
  #create: Chunks['banner'] | null = null;
  #banner: Banner | null = null;
  #asked = '';
  #people = '';
  #busy = false;
  /** Did the last question fail? Then nobody asks again about the same people unless the person wants it. */
  #failed = false;
  #quiet = false;
  #putAway: string | null = null;
  /** Subject and draft as last read; null while they have not been. */
  #text: string | null = null;
  #signals: Signals | undefined;
  #ended = false;

  constructor(around: Surroundings, report: ComposeReport, found: Found) {
    this.#around = around;
    this.#report = report;
    this.#found = found;
  }

  /** The page as it is now; `found` undefined while the page rebuilds the compose. */
  update(report: ComposeReport, found: Found | undefined): void {
    this.#report = report;
    this.#found = found ?? this.#found;
    this.#consider();
  }

  /** The person came back to the page, or pressed "Try again": what failed is asked once more. */
  retry(): void {
    if (!this.#failed) return;
    this.#failed = false;
    this.#asked = '';
    this.#consider();
  }

  end(): void {
    this.#ended = true;
    this.#close();
  }

  holds(target: Node): boolean {
    return this.#found.root.contains(target);
  }

  #consider(): void {
    if (this.#ended || this.#around.isComposing()) return;
    const request = this.#quiet ? null : this.#request();
    if (request && (this.#text === null || this.#awaitsAccount(request))) return;
    if (!request) {
      this.#asked = '';
      this.#close();
      return;
    }
    this.#banner?.place(this.#found.spot, this.#found.root);
    const text = JSON.stringify(request);
    if (text === this.#asked || this.#busy || (this.#failed && peopleOf(request) === this.#people)) return;
    void this.#ask(request, text);
  }

  #awaitsAccount({ account, provider }: AdviceRequest): boolean {
    const rest = this.#seenAt + ACCOUNT_COMES_WITHIN_MS - performance.now();
    if (account || !provider || rest <= 0) return false;
    this.#around.lookSoon(rest);
    return true;
  }

  /** Null while there is nobody to ask about: nobody but oneself, or a compose nobody sees. */
  #request(): AdviceRequest | null {
    const { to, cc, bcc, visible, provider_thread_id } = this.#report;
    const { provider } = this.#around;
    const account = this.#around.account();
    if (!visible || !everybody(this.#report).some((address) => address !== account)) return null;
    this.#readSignals();
    const signals = this.#signals ? { signals: this.#signals } : {};
    return { channel: 'email', account, provider, to, cc, bcc, provider_thread_id, ...signals };
  }

  /** The draft is read here and only here; what leaves is named signals. */
  #readSignals(): void {
    const { editor, subject } = this.#found;
    const rest = this.#around.typingRest();
    if (this.#text !== null && rest > 0) {
      this.#around.lookSoon(rest);
      return;
    }
    const draft = editor ? draftText(editor) : '';
    const text = `${subject}\n${draft}`;
    if (text === this.#text) return;
    const read = draft ? this.#around.reader() : null;
    if (read === undefined) return;
    this.#text = text;
    this.#signals = read?.('email', subject, draft);
  }

  async #ask(request: AdviceRequest, text: string): Promise<void> {
    const people = peopleOf(request);
    const { adviser, createBanner } = this.#around;
    const recalled = people === this.#people ? null : adviser.recall(request);
    this.#asked = text;
    this.#people = people;
    this.#busy = true;
    void Promise.all([recalled, createBanner()]).then(([advice, create]) => {
      this.#create = create;
      if (advice && this.#busy && this.#people === people && !this.#ended) this.#show(advice);
    });
    const [answer, create] = await Promise.all([adviser.advise(request), createBanner()]);
    this.#create = create ?? (await createBanner());
    this.#busy = false;
    this.#failed = !answer.ok;
    if (this.#ended) return;
    const now = this.#quiet ? null : this.#request();
    if (now && peopleOf(now) === people) this.#take(answer);
    this.#consider();
  }

  #take(answer: Answer<Advice>): void {
    if (answer.ok) this.#show(answer.value);
    else this.#fail(answer.trouble);
  }

  #show({ verdict, finding, dismissed }: Advice): void {
    const silent = dismissed || finding === this.#putAway || verdict.level === 'clear';
    if (silent && !this.#banner?.hasNotice()) this.#close();
    else this.#open()?.show(verdict, finding);
  }

  /** Before pairing and where it is switched off the page stays untouched; otherwise one grey line says why nothing can be said. */
  #fail(trouble: Trouble): void {
    if (SILENT.includes(trouble) || this.#putAway === '') this.#close();
    else this.#open()?.cannotCheck(trouble);
  }

  #open(): Banner | null {
    const { doc, say, keepKeys } = this.#around;
    this.#banner ??= this.#create?.({ doc, say, key: this.#report.key, acts: this.#acts(), keepKeys }) ?? null;
    this.#banner?.place(this.#found.spot, this.#found.root);
    return this.#banner;
  }

  #close(): void {
    this.#banner?.remove();
    this.#banner = null;
  }

  #acts(): BannerActs {
    const { adviser } = this.#around;
    return {
      quiet: () => {
        this.#quiet = true;
        this.#close();
      },
      dismiss: (finding) => {
        this.#putAway = finding;
        this.#close();
        if (finding) void adviser.dismiss(finding);
      },
      retry: () => this.retry(),
      object: async (objection) => {
        const answer = await adviser.object(objection);
        this.#asked = '';
        setTimeout(() => this.#consider());
        return answer;
      },
    };
  }
}

function peopleOf({ account, to, cc, bcc }: AdviceRequest): string {
  return JSON.stringify([account, to, cc, bcc]);
}
