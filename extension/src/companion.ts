// Walks beside the person while they write: reads the page, reports it, and keeps an attendant for every compose.
import { everybody } from './addresses';
import { type Adviser, Attendant, type Surroundings } from './attendant';
import type { ChunkName, Chunks } from './chunks';
import { all, EDITABLE, TEXT_EDITOR, USUALLY_EDITABLE } from './hosts/dom';
import type { Found, Host } from './hosts/host';
import { createIdentities } from './hosts/identity';
import type { KeepKeys } from './keys';
import type { ComposeReport, PageReport, Sample, Sight } from './protocol';
import { createSettler, LOSS_LASTS_MS } from './settle';
import { type Scene, TYPING_PAUSE_MS, watch } from './watch';
import type { Say } from './words';

export interface Company {
  doc: Document;
  hostname: string;
  host: Host;
  adviser: Adviser;
  /** Fetches a part when it is first needed; null when it cannot be had. */
  fetch<K extends ChunkName>(name: K): Promise<Chunks[K] | null>;
  say: Say;
  keepKeys: KeepKeys;
  onReport?: (report: PageReport) => void;
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

export function accompany(company: Company): void {
  new Companion(company).start();
}

class Companion {
  readonly #company: Company;
  readonly #identify = createIdentities();
  readonly #settle = createSettler();
  readonly #attendants = new Map<string, Attendant>();
  #lookSoon: (ms?: number) => void = () => undefined;
  /** As the page last showed it: an account menu, once opened, has told it for as long as the page lives. */
  #account: string | null = null;
  #reported = '';
  #typedAt = Number.NEGATIVE_INFINITY;
  #composing = false;
  #away = false;
  #blindSince: number | null = null;
  #sight = '';
  readonly #fetching = new Map<ChunkName, Promise<unknown>>();
  readonly #parts: Parts = {};
  readonly #sampled = new Set<string>();

  constructor(company: Company) {
    this.#company = company;
  }

  start(): void {
    const { doc, signal } = this.#company;
    const quietly = { capture: true, passive: true, signal };
    doc.addEventListener('input', (event) => this.#noteTyping(event), quietly);
    doc.addEventListener('compositionstart', () => this.#noteComposing(true), quietly);
    doc.addEventListener('compositionend', () => this.#noteComposing(false), quietly);
    doc.addEventListener('visibilitychange', () => this.#noteReturn(), quietly);
    doc.defaultView?.addEventListener('blur', () => this.#noteReturn(true), { signal });
    doc.defaultView?.addEventListener('focus', () => this.#noteReturn(), { signal });
    signal.addEventListener('abort', () => this.#attend([], new Map()));
    this.#lookSoon = watch(doc, (closely) => this.#look(closely), signal);
  }

  /** Reads the page once. */
  #look(closely: boolean): Scene {
    const { doc, host, hostname, isAlive, onReport } = this.#company;
    const isEditable = doc.querySelector(closely ? EDITABLE : USUALLY_EDITABLE) !== null;
    if (!isEditable && !this.#attendants.size && (this.#reported || !onReport)) return 'bare';
    if ((isEditable || this.#attendants.size > 0) && isAlive?.() === false) return 'bare';
    const account = host.account();
    const known = isEditable ? host.composes(account) : [];
    const found = isEditable ? [...known, ...this.#byShape(account, known)] : [];
    const keys = this.#identify(found, this.#attendants);
    const byKey = new Map(found.map((one, index) => [keys[index] ?? '', one]));
    const composes = [...byKey].map(([key, one]) => reportOf(key, one));
    const { report, pending } = this.#settle({ host: hostname, account, composes }, performance.now());
    this.#account = report.account ?? this.#account;
    this.#publish(report);
    this.#attend(report.composes, byKey);
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

  #publish(report: PageReport): void {
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#company.onReport?.(report);
  }

  #attend(composes: ComposeReport[], found: Map<string, Found>): void {
    for (const [key, attendant] of this.#attendants) {
      if (composes.some((compose) => compose.key === key)) continue;
      attendant.end();
      this.#attendants.delete(key);
    }
    for (const compose of composes) {
      this.#attendantOf(compose, found.get(compose.key))?.update(compose, found.get(compose.key));
      this.#sample(compose, found.get(compose.key));
    }
  }

  #sample(compose: ComposeReport, found: Found | undefined): void {
    const { key, unresolved, provider_thread_id } = compose;
    const recipients = everybody(compose).length;
    if (!found || this.#sampled.has(key) || recipients + unresolved.length === 0) return;
    this.#sampled.add(key);
    this.#company.onSample?.({
      by: found.by,
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
      lookSoon: (ms) => this.#lookSoon(ms),
    };
  }

  /** What did not come is asked for again with the next question. */
  #fetch<K extends ChunkName>(name: K): Promise<Chunks[K] | null> {
    const fetched = this.#fetching.get(name) ?? this.#fetchAnew(name);
    this.#fetching.set(name, fetched);
    return fetched as Promise<Chunks[K] | null>;
  }

  async #fetchAnew<K extends ChunkName>(name: K): Promise<Chunks[K] | null> {
    const part = await this.#company.fetch(name).catch(() => null);
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

  #noteSight({ account, composes }: PageReport, missesOne: boolean): void {
    const now = performance.now();
    this.#blindSince = missesOne ? (this.#blindSince ?? now) : null;
    const blind = this.#blindSince !== null && now - this.#blindSince >= BLIND_AFTER_MS;
    if (this.#blindSince !== null && !blind) this.#lookSoon(BLIND_AFTER_MS);
    const recipients = composes.flatMap(everybody).length;
    const unresolved = composes.flatMap((one) => one.unresolved).length;
    const sight: Sight = { blind, account: account !== null, composes: composes.length, recipients, unresolved };
    const text = JSON.stringify(sight);
    if (text === this.#sight || !(blind || composes.length)) return;
    this.#sight = text;
    this.#company.onSight?.(sight);
  }

  #noteTyping(event: Event): void {
    const target = event.composedPath()[0];
    if (!(target instanceof Node)) return;
    if (![...this.#attendants.values()].some((attendant) => attendant.holds(target))) return;
    this.#typedAt = performance.now();
    this.#part('reader');
  }

  /** From another tab or window, where perhaps what had failed was mended. */
  #noteReturn(away = this.#company.doc.hidden): void {
    const back = this.#away && !away;
    this.#away = away;
    if (back) for (const attendant of this.#attendants.values()) attendant.retry();
    if (!away) this.#lookSoon(0);
  }

  #noteComposing(composing: boolean): void {
    this.#composing = composing;
    this.#lookSoon();
  }
}

function reportOf(key: string, { recipients, subject, provider_thread_id, visible }: Found): ComposeReport {
  const { to, cc, bcc, roles_known, unresolved } = recipients;
  return {
    key,
    to,
    cc,
    bcc,
    roles_known,
    subject_present: subject.trim() !== '',
    provider_thread_id,
    visible,
    unresolved,
  };
}
