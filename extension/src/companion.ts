// Walks beside the person while they write: reads the page, reports it, and keeps an attendant for every compose.
import { everybody } from './addresses';
import { type Adviser, Attendant, type Surroundings } from './attendant';
import type { ChunkName, Chunks } from './chunks';
import { all } from './hosts/dom';
import { TEXT_EDITOR } from './hosts/editable';
import type { Found, Host } from './hosts/host';
import { createIdentities } from './hosts/identity';
import type { KeepKeys } from './keys';
import type { ComposeReport, PageReading, Sample, Sight } from './protocol';
import { createSettler, LOSS_LASTS_MS } from './settle';
import type { LookSoon, Scene } from './watch';
import type { Say } from './words';

export interface Company {
  doc: Document;
  host: Host;
  adviser: Adviser;
  /** Fetches a part when it is first needed; null when it cannot be had. */
  fetch<K extends ChunkName>(name: K): Promise<Chunks[K] | null>;
  say: Say;
  keepKeys: KeepKeys;
  /** Told with every look. */
  onReport?: (report: PageReading) => void;
  /** Told once somebody writes, and on change; `blind` is a page that is written in and shows no compose for three seconds. */
  onSight?: (sight: Sight) => void;
  /** Told once for every compose in which somebody is named. */
  onSample?: (sample: Sample) => void;
  /** Ends it all, leaving nothing in the page. */
  signal: AbortSignal;
  /** Ends `signal` when the extension is gone. */
  isAlive?(): boolean;
}

type Parts = { [K in ChunkName]?: Chunks[K] | null };

const BLIND_AFTER_MS = 3000;
/** Typing counts as paused after this time without a key. */
const TYPING_PAUSE_MS = 150;

/** One for each page, made when it has an editor for the first time. */
export class Companion {
  readonly #company: Company;
  readonly #lookSoon: LookSoon;
  readonly #identify = createIdentities();
  readonly #settle = createSettler();
  readonly #attendants = new Map<string, Attendant>();
  /** As the page last showed it: an account menu, once opened, has told it for as long as the page lives. */
  #account: string | null = null;
  #typedAt = Number.NEGATIVE_INFINITY;
  #composing = false;
  #away = false;
  #blindSince: number | null = null;
  #sight = '';
  readonly #fetching = new Map<ChunkName, Promise<unknown>>();
  readonly #parts: Parts = {};
  readonly #sampled = new Set<string>();

  constructor(company: Company, lookSoon: LookSoon) {
    const { doc, signal } = company;
    this.#company = company;
    this.#lookSoon = lookSoon;
    const quietly = { capture: true, passive: true, signal };
    doc.addEventListener('input', (event) => this.#noteTyping(event), quietly);
    doc.addEventListener('compositionstart', () => this.#noteComposing(true), quietly);
    doc.addEventListener('compositionend', () => this.#noteComposing(false), quietly);
    doc.addEventListener('visibilitychange', () => this.#noteReturn(), quietly);
    doc.defaultView?.addEventListener('blur', () => this.#noteReturn(true), { signal });
    doc.defaultView?.addEventListener('focus', () => this.#noteReturn(), { signal });
    signal.addEventListener('abort', () => this.#attend([], new Map()));
  }

  /** Reads the page once. */
  look(isEditable: boolean): Scene {
    const { host, isAlive, onReport, say } = this.#company;
    if ((!isEditable && !this.#attendants.size) || isAlive?.() === false) return 'bare';
    const account = host.account();
    const known = isEditable ? host.composes(account) : [];
    const found = isEditable ? [...known, ...this.#byShape(account, known)] : [];
    const keys = this.#identify(found, this.#attendants);
    const byKey = new Map(found.map((one, index) => [keys[index] ?? '', one]));
    const composes = [...byKey].map(([key, one]) => reportOf(key, one));
    const { report, pending } = this.#settle({ account, composes }, performance.now());
    this.#account = report.account ?? this.#account;
    onReport?.(report);
    this.#attend(report.composes, byKey);
    // The first word waits for the browser: while the worker is being asked, not when its answer is there.
    if (this.#attendants.size) say('why');
    if (pending) this.#lookSoon(LOSS_LASTS_MS);
    this.#noteSight(report, isEditable && !found.length && host.isWritten());
    return report.composes.length > 0 ? 'compose' : isEditable ? 'editor' : 'bare';
  }

  /** Composes in editors that the host does not know. */
  #byShape(own: string | null, known: Found[]): Found[] {
    const { doc } = this.#company;
    const roots = known.map(({ root }) => root);
    if (all(doc, TEXT_EDITOR).every((editor) => roots.some((root) => root.contains(editor)))) return [];
    return this.#part('shape')?.(doc, own, roots) ?? [];
  }

  #attend(composes: ComposeReport[], found: Map<string, Found>): void {
    for (const [key, attendant] of this.#attendants) {
      if (composes.some((compose) => compose.key === key)) continue;
      attendant.end();
      this.#attendants.delete(key);
    }
    for (const compose of composes) {
      const one = found.get(compose.key);
      this.#attendantOf(compose, one)?.update(compose, one);
      if (one) this.#sample(compose, one);
    }
  }

  #sample(compose: ComposeReport, { by }: Found): void {
    const { key, unresolved, provider_thread_id } = compose;
    const recipients = everybody(compose).length;
    if (this.#sampled.has(key) || recipients + unresolved.length === 0) return;
    this.#sampled.add(key);
    this.#company.onSample?.({
      by,
      account: this.#account !== null,
      thread: provider_thread_id !== null,
      recipients,
      unresolved: unresolved.length,
    });
  }

  #attendantOf(compose: ComposeReport, found: Found | undefined): Attendant | undefined {
    const known = this.#attendants.get(compose.key);
    if (known || !found) return known;
    const made = new Attendant(this.#surroundings(), compose, found);
    this.#attendants.set(compose.key, made);
    return made;
  }

  #surroundings(): Surroundings {
    const { doc, host, adviser, say, keepKeys } = this.#company;
    void this.#fetch('banner');
    return {
      doc,
      provider: host.provider,
      adviser,
      say,
      keepKeys,
      createBanner: () => this.#fetch('banner'),
      account: () => this.#account,
      reader: () => this.#part('reader'),
      isComposing: () => this.#composing,
      typingRest: () => Math.max(0, this.#typedAt + TYPING_PAUSE_MS - performance.now()),
      lookSoon: this.#lookSoon,
    };
  }

  /** What did not come is asked for again with the next question. */
  #fetch<K extends ChunkName>(name: K): Promise<Chunks[K] | null> {
    const fetched = this.#fetching.get(name) ?? this.#fetchAnew(name);
    this.#fetching.set(name, fetched);
    return fetched as Promise<Chunks[K] | null>;
  }

  async #fetchAnew<K extends ChunkName>(name: K): Promise<Chunks[K] | null> {
    const part = await this.#company.fetch(name);
    Object.assign(this.#parts, { [name]: part });
    if (!part) this.#fetching.delete(name);
    if (name === 'reader' || (name === 'shape' && part)) this.#lookSoon(0);
    return part;
  }

  /** Undefined while it is fetched for the first time: a look follows. */
  #part<K extends ChunkName>(name: K): Parts[K] {
    if (!this.#parts[name]) void this.#fetch(name);
    return this.#parts[name];
  }

  #noteSight({ account, composes }: PageReading, missesOne: boolean): void {
    const now = performance.now();
    const since = this.#blindSince ?? now;
    this.#blindSince = missesOne ? since : null;
    const blind = missesOne && now - since >= BLIND_AFTER_MS;
    if (missesOne && !blind) this.#lookSoon(BLIND_AFTER_MS);
    const sight: Sight = {
      blind,
      account: account !== null,
      composes: composes.length,
      recipients: composes.flatMap(everybody).length,
      unresolved: composes.flatMap((one) => one.unresolved).length,
    };
    const text = JSON.stringify(sight);
    if (text === this.#sight || !(blind || composes.length)) return;
    this.#sight = text;
    this.#company.onSight?.(sight);
  }

  #noteTyping(event: Event): void {
    this.#lookSoon(TYPING_PAUSE_MS);
    const target = event.composedPath()[0] as Node;
    if (![...this.#attendants.values()].some((attendant) => attendant.holds(target))) return;
    this.#typedAt = performance.now();
    this.#part('reader');
  }

  /** From another tab or window, where perhaps what had failed was mended. */
  #noteReturn(away = this.#company.doc.hidden): void {
    const back = this.#away && !away;
    this.#away = away;
    if (back) for (const attendant of this.#attendants.values()) attendant.retry();
  }

  #noteComposing(composing: boolean): void {
    this.#composing = composing;
    this.#lookSoon();
  }
}

function reportOf(key: string, { recipients, subject, provider_thread_id, visible }: Found): ComposeReport {
  return { key, ...recipients, subject_present: subject.trim() !== '', provider_thread_id, visible };
}

/** Hands a report on when it differs from the one before. */
export function onChange(tell: (report: PageReading) => void): (report: PageReading) => void {
  let told = '';
  return (report) => {
    const text = JSON.stringify(report);
    if (text !== told) tell(report);
    told = text;
  };
}
