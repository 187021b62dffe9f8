// Walks beside the person while they write: reads the page, asks for advice when something changed, shows the banner.
import { type Banner, type BannerActs, createBanner } from './banner';
import { draftText } from './draft_text';
import type { Found, Host } from './hosts/host';
import { createIdentities } from './hosts/identity';
import type {
  Advice,
  AdviceRequest,
  Answer,
  ComposeReport,
  CorrectionKind,
  PageReport,
  Signals,
  Trouble,
} from './protocol';
import { readDraft } from './reader/index';
import { createSettler, LOSS_LASTS_MS } from './settle';
import { watch } from './watch';

/** Who answers: the worker in the extension, the backend itself on /try. */
export interface Adviser {
  recall(request: AdviceRequest): Promise<Advice | null>;
  advise(request: AdviceRequest): Promise<Answer<Advice>>;
  dismiss(finding: string): Promise<unknown>;
  mute(recipient: string, muted: boolean): Promise<boolean>;
  correct(recipient: string, kind: CorrectionKind, evidence: string | null): Promise<string | null>;
  uncorrect(id: string): Promise<boolean>;
}

export interface Company {
  doc: Document;
  hostname: string;
  host: Host;
  adviser: Adviser;
  onReport?: (report: PageReport) => void;
  signal: AbortSignal;
}

const TYPING_PAUSE_MS = 230;

/** What is known of one compose. `asked` is the request last sent, as JSON; `text` what its signals were read from. */
interface Entry {
  found: Found;
  report: ComposeReport;
  banner: Banner | null;
  asked: string;
  people: string;
  busy: boolean;
  quiet: boolean;
  text: string | null;
  signals: Signals | undefined;
}

/** Starts; ends with `company.signal`, leaving nothing in the page. */
export function accompany(company: Company): void {
  const { doc, host, adviser, signal } = company;
  const identify = createIdentities();
  const settle = createSettler();
  const entries = new Map<string, Entry>();
  let lastReport = '';
  let typedAt = Number.NEGATIVE_INFINITY;
  let composing = false;
  let account: string | null = null;

  const beat = watch(doc, look, signal);
  doc.addEventListener('input', (event) => noteTyping(event), { capture: true, passive: true, signal });
  for (const type of ['compositionstart', 'compositionend'] as const) {
    doc.addEventListener(type, () => noteComposition(type === 'compositionstart'), {
      capture: true,
      passive: true,
      signal,
    });
  }
  signal.addEventListener('abort', () => {
    for (const entry of entries.values()) entry.banner?.remove();
    entries.clear();
  });

  function look(): boolean {
    const stated = host.account();
    const found = host.composes(stated);
    const keys = identify(found);
    const reading = {
      host: company.hostname,
      account: stated,
      composes: found.map((one, index) => reportOf(one, keys[index] ?? '')),
    };
    const { report, pending } = settle(reading, performance.now());
    account = report.account;
    publish(report);
    refresh(report, new Map(found.map((one, index) => [keys[index] ?? '', one])));
    if (pending) beat.soon(LOSS_LASTS_MS);
    return report.composes.length > 0;
  }

  function publish(report: PageReport): void {
    const text = JSON.stringify(report);
    if (text === lastReport) return;
    lastReport = text;
    company.onReport?.(report);
  }

  function refresh(report: PageReport, found: Map<string, Found>): void {
    for (const [key, entry] of entries) {
      if (report.composes.some((compose) => compose.key === key)) continue;
      entry.banner?.remove();
      entries.delete(key);
    }
    for (const compose of report.composes) {
      const entry = entries.get(compose.key) ?? newEntry(compose, found.get(compose.key));
      if (!entry) continue;
      entry.report = compose;
      entry.found = found.get(compose.key) ?? entry.found;
      entries.set(compose.key, entry);
      consider(entry);
    }
  }

  function consider(entry: Entry): void {
    if (composing) return;
    const request = requestOf(entry);
    if (!request || entry.quiet) {
      entry.banner?.remove();
      entry.banner = null;
      entry.asked = request ? entry.asked : '';
      return;
    }
    entry.banner?.place(entry.found.spot, entry.found.root);
    const text = JSON.stringify(request);
    if (text !== entry.asked && !entry.busy) void ask(entry, request, text);
  }

  function requestOf(entry: Entry): AdviceRequest | null {
    const { to, cc, bcc, visible, provider_thread_id } = entry.report;
    if (!visible || ![...to, ...cc, ...bcc].some((address) => address !== account)) return null;
    readSignals(entry);
    const signals = entry.signals ? { signals: entry.signals } : {};
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {
      channel: 'email',
      account,
      provider: host.provider,
      to,
      cc,
      bcc,
      provider_thread_id,
      ...signals,
      time_zone,
    };
  }

  function readSignals(entry: Entry): void {
    const wait = typedAt + TYPING_PAUSE_MS - performance.now();
    if (entry.text !== null && wait > 0) {
      beat.soon(wait);
      return;
    }
    const words = entry.found.editor ? draftText(entry.found.editor) : '';
    const text = `${entry.found.subject}\n${words}`;
    if (text === entry.text) return;
    entry.text = text;
    entry.signals = words ? readDraft('email', entry.found.subject, words) : undefined;
  }

  async function ask(entry: Entry, request: AdviceRequest, text: string): Promise<void> {
    const people = JSON.stringify([request.to, request.cc, request.bcc, request.account]);
    const isNew = people !== entry.people;
    entry.asked = text;
    entry.people = people;
    entry.busy = true;
    let answered = false;
    if (isNew) {
      void adviser.recall(request).then((advice) => {
        if (advice && !answered && entry.people === people) show(entry, advice);
      });
    }
    const answer = await adviser.advise(request);
    answered = true;
    entry.busy = false;
    if (signal.aborted || entries.get(entry.report.key) !== entry) return;
    const now = requestOf(entry);
    if (now && people === JSON.stringify([now.to, now.cc, now.bcc, now.account])) {
      if (answer.ok) show(entry, answer.value);
      else fail(entry, answer.trouble);
    }
    consider(entry);
  }

  function show(entry: Entry, advice: Advice): void {
    const silent = entry.quiet || advice.dismissed || advice.verdict.level === 'clear';
    if (silent && !entry.banner?.hasNotice()) {
      entry.banner?.remove();
      entry.banner = null;
      return;
    }
    bannerOf(entry).show(advice.verdict, advice.finding);
  }

  /** Before pairing the page stays untouched; afterwards one grey line says why nothing can be said. */
  function fail(entry: Entry, trouble: Trouble): void {
    if (trouble !== 'not_paired') bannerOf(entry).cannotCheck(trouble);
    else {
      entry.banner?.remove();
      entry.banner = null;
    }
  }

  function bannerOf(entry: Entry): Banner {
    entry.banner ??= createBanner(doc, entry.report.key, actsOf(entry));
    entry.banner.place(entry.found.spot, entry.found.root);
    return entry.banner;
  }

  function actsOf(entry: Entry): BannerActs {
    const askAgain = <T>(result: T): T => {
      entry.asked = '';
      consider(entry);
      return result;
    };
    const close = () => {
      entry.banner?.remove();
      entry.banner = null;
    };
    return {
      quiet: () => {
        entry.quiet = true;
        close();
      },
      dismiss: (finding) => {
        close();
        if (finding) void adviser.dismiss(finding);
      },
      mute: (recipient, muted) => adviser.mute(recipient, muted).then(askAgain),
      correct: (recipient, kind, evidence) => adviser.correct(recipient, kind, evidence).then(askAgain),
      uncorrect: (id) => adviser.uncorrect(id).then(askAgain),
    };
  }

  function noteTyping(event: Event): void {
    const target = event.composedPath()[0];
    if ([...entries.values()].some(({ found }) => target instanceof Node && found.root.contains(target)))
      typedAt = performance.now();
  }

  function noteComposition(started: boolean): void {
    composing = started;
    if (!started) beat.soon();
  }
}

function newEntry(report: ComposeReport, found: Found | undefined): Entry | null {
  return found
    ? { found, report, banner: null, asked: '', people: '', busy: false, quiet: false, text: null, signals: undefined }
    : null;
}

function reportOf(found: Found, key: string): ComposeReport {
  const { to, cc, bcc, roles_known, unresolved } = found.recipients;
  const { provider_thread_id, visible } = found;
  return {
    key,
    to,
    cc,
    bcc,
    roles_known,
    subject_present: found.subject.trim() !== '',
    provider_thread_id,
    visible,
    unresolved,
  };
}
