// The worker: the only part that talks to the backend and holds the token. Mail pages and our own pages ask it by message.
import { readAccounts, readDevices, readId, readRecipients, readRules, readTimeLine, readVerdict } from './answers';
import { type Call, call, type Link, type Reply, zoned } from './api';
import type { ChunkName } from './chunks';
import { mailHost, mailMessage, ownMessage } from './guard';
import { get, inSession, inTurn, onDisk, placeOf, recallOf, remember, set } from './memory';
import { endPairing, pollPairing, startPairing } from './pairing';
import type {
  Advice,
  AdviceRequest,
  Answer,
  Check,
  MailMessage,
  OwnMessage,
  Sight,
  Status,
  TimeLine,
  Trouble,
  Verdict,
} from './protocol';
import { enqueue, flush } from './queue';
import { count, countBlind, sites, switchSite } from './sites';

const FRESH_MS = 10 * 60_000;
const KEPT_VERDICTS = 50;
const KEPT_RECENT = 8;
const KEPT_DISMISSED = 300;
const HOLD_OFF_MS = 3000;
const WORKING_STATES = ['linking', 'backfilling', 'live', 'catching_up'];

chrome.runtime.onMessage.addListener((message: unknown, sender, respond) => {
  const fromMail = mailMessage(message, sender);
  const fromOwn = fromMail ? null : ownMessage(message, sender);
  if (!fromMail && !fromOwn) return false;
  const work = fromMail ? serveMail(fromMail, sender) : serveOwn(fromOwn as OwnMessage);
  work.then(respond, (error) => {
    console.error('Aftertouch: a message failed', error);
    respond({ ok: false, trouble: 'server' } satisfies Answer<never>);
  });
  return true;
});

chrome.commands.onCommand.addListener((_, tab) => {
  if (tab?.id) void chrome.scripting.executeScript({ target: { tabId: tab.id }, func: toBanner }).catch(() => null);
});

/** Content scripts may not read what is kept on disk: the token stays here. Firefox has no such switch and no such access. */
void chrome.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' });

/** The question being asked. What is merely noted down waits for it: a worker just woken has enough to do. */
let asking: Promise<unknown> = Promise.resolve();

function serveMail(message: MailMessage, sender: chrome.runtime.MessageSender): Promise<unknown> {
  switch (message.type) {
    case 'advise': {
      const answer = advise(message.request, mailHost(sender));
      asking = answer.catch(() => null);
      return answer;
    }
    case 'recall':
      return recall(message.request, mailHost(sender));
    case 'sight':
      return asking.then(() => noteSight(sender, message.sight));
    case 'sample':
      return asking.then(() => count(mailHost(sender), message.sample));
    case 'load':
      return load(message.name, sender);
    case 'dismiss':
      return dismiss(message.finding);
    case 'mute':
      return mute(message.recipient, message.muted);
    case 'correct': {
      const { recipient, kind, evidence } = message;
      return ask({ method: 'POST', path: '/api/v1/corrections', body: { recipient, kind, evidence }, read: readId });
    }
    case 'uncorrect':
      return ask({ method: 'DELETE', path: `/api/v1/corrections/${encodeURIComponent(message.id)}`, read: done });
  }
}

function serveOwn(message: OwnMessage): Promise<unknown> {
  switch (message.type) {
    case 'status':
      return sendQueue().then(status);
    case 'check':
      return check();
    case 'pair':
      return link().then((to) => startPairing(to, message.name));
    case 'pair-poll':
      return link().then(pollPairing);
    case 'unpair':
      return endPairing();
    case 'devices':
      return ask({ path: '/api/v1/devices', read: readDevices });
    case 'forget-device':
      return ask({ method: 'DELETE', path: `/api/v1/devices/${encodeURIComponent(message.id)}`, read: done });
    case 'recipients':
      return ask({ path: `/api/v1/recipients?q=${encodeURIComponent(message.q)}`, read: readRecipients });
    case 'may-call':
      return mayCall(message.address);
    case 'log':
      return log(message);
    case 'drop-failed':
      return inTurn(async () => set({ queue: ((await get('queue')) ?? []).filter(({ refused }) => !refused) }));
    case 'time-line':
      return timeLine(message.address);
    case 'muted':
      return ask({ path: '/api/v1/recipients?state=muted&limit=200', read: readRecipients });
    case 'set-muted':
      return mute(message.recipient, message.muted);
    case 'rules':
      return ask({ path: '/api/v1/rules', read: readRules });
    case 'switch-rule': {
      const path = `/api/v1/rules/${encodeURIComponent(message.id)}`;
      return ask({ method: 'PATCH', path, body: { on: message.on }, read: done });
    }
    case 'sites':
      return sites();
    case 'switch-site':
      return switchSite(message.host, message.on);
    case 'dates':
      return ask({ path: '/api/v1/recipients?state=waiting&limit=50', read: readRecipients });
  }
}

/** Puts a part of the content script into the frame that asked for it, and into no other. */
async function load(name: ChunkName, { tab, frameId }: chrome.runtime.MessageSender): Promise<boolean> {
  const target = { tabId: tab?.id ?? -1, frameIds: [frameId ?? 0] };
  await chrome.scripting.executeScript({ target, files: [`${name}.js`], injectImmediately: true });
  return true;
}

/** Runs in the mail page, beside its banner; see banner.ts. In any other tab there is nothing to call, or no right to. */
function toBanner(): void {
  (globalThis as unknown as Record<symbol, (() => void) | undefined>)[Symbol.for('aftertouch.toBanner')]?.();
}

async function link(): Promise<Link> {
  return linkOf(await onDisk('backend', 'token'));
}

/** Test builds may name another backend. */
function linkOf({ backend, token = null }: { backend?: string; token?: string | null }): Link {
  return { backend: __TEST__ && backend && URL.canParse(backend) ? new URL(backend).origin : __BACKEND__, token };
}

/** A request that needs pairing. */
async function ask<T>(request: Call<T>): Promise<Answer<T>> {
  const to = await link();
  return to.token ? stripped(await call(to, request)) : { ok: false, trouble: 'not_paired' };
}

/** Pages get the answer, never the raw reply. */
function stripped<T>(reply: Reply<T>): Answer<T> {
  return reply.ok ? { ok: true, value: reply.value } : { ok: false, trouble: reply.trouble };
}

function done(): true {
  return true;
}

async function noteSight(sender: chrome.runtime.MessageSender, sight: Sight): Promise<void> {
  if (sight.blind) await countBlind(mailHost(sender));
  await remember({ sight });
  await tellSight(sender.tab?.id, sight.blind);
}

/** A page that cannot be read has no place for a banner: the toolbar says so, for its tab alone (null: as elsewhere). */
async function tellSight(tabId: number | undefined, blind: boolean): Promise<void> {
  const text = (blind ? '?' : null) as string;
  await chrome.action.setBadgeText({ tabId, text });
  await chrome.action.setTitle({ tabId, title: chrome.i18n.getMessage(blind ? 'trouble_blind' : 'name') });
}

/** On a host that is switched off nothing is asked and nothing is said. */
async function advise(request: AdviceRequest, host: string): Promise<Answer<Advice>> {
  const [kept, { holdOff }] = await Promise.all([
    onDisk('backend', 'token', 'sitesOff', 'dismissed'),
    inSession('holdOff'),
  ]);
  const to = linkOf(kept);
  if (kept.sitesOff?.includes(host)) return { ok: false, trouble: 'site_off' };
  if (!to.token) return { ok: false, trouble: 'not_paired' };
  void asking.then(() => rememberRecent(request.to));
  const rest = holdOff ? holdOff.until - Date.now() : 0;
  if (holdOff && rest > HOLD_OFF_MS) return { ok: false, trouble: holdOff.trouble };
  if (rest > 0) await new Promise((done) => setTimeout(done, rest));
  const unknown = request.account === null ? await whyUnknown() : null;
  if (unknown) return { ok: false, trouble: unknown };
  const reply = await call(to, {
    method: 'POST',
    path: '/api/v1/advice',
    body: zoned(request),
    read: (json) => readVerdict(json, to.backend),
  });
  await noteHealth(reply);
  if (!reply.ok) return { ok: false, trouble: reply.trouble };
  const advice = await adviceOf(reply.value, kept.dismissed);
  void keepVerdict(request, advice);
  void sendQueue();
  return { ok: true, value: advice };
}

/** A page that does not tell its mailbox is advised on only where there is no other it could be. Null: that is so. */
async function whyUnknown(): Promise<Trouble | null> {
  const known = await recallOf('mailboxes');
  if (known && Date.now() - known.at < FRESH_MS) return known.count === 1 ? null : 'no_account';
  const accounts = await ask({ path: '/api/v1/accounts', read: readAccounts });
  if (!accounts.ok) return accounts.trouble;
  const count = accounts.value.length;
  await remember({ mailboxes: { at: Date.now(), count } });
  return count === 1 ? null : 'no_account';
}

/** After "busy" and after waiting in vain the backend is left alone for a while; what is asked meanwhile waits, unless for long. */
async function noteHealth(reply: Reply<unknown>): Promise<void> {
  void chrome.action.setBadgeText({ text: reply.ok ? '' : '!' });
  if (reply.ok || (reply.trouble !== 'busy' && reply.trouble !== 'timeout')) return;
  const until = Date.now() + Math.max(reply.retryAfter * 1000, HOLD_OFF_MS);
  await remember({ holdOff: { until, trouble: reply.trouble } });
}

/** What was said last about these recipients, from memory alone; null on a host that is switched off. */
async function recall(request: AdviceRequest, host: string): Promise<Advice | null> {
  const [kept, { verdicts }] = await Promise.all([onDisk('token', 'sitesOff', 'dismissed'), inSession('verdicts')]);
  const last = verdicts?.[placeOf(request)];
  if (!kept.token || kept.sitesOff?.includes(host) || !last || Date.now() - last.at >= FRESH_MS) return null;
  const { verdict, finding } = last;
  return { verdict, finding, dismissed: !!kept.dismissed?.includes(finding) };
}

function keepVerdict(request: AdviceRequest, { verdict, finding }: Advice): Promise<void> {
  return inTurn(async () => {
    const { [placeOf(request)]: _, ...rest } = (await recallOf('verdicts')) ?? {};
    const kept = Object.fromEntries(Object.entries(rest).slice(1 - KEPT_VERDICTS));
    await remember({ verdicts: { ...kept, [placeOf(request)]: { at: Date.now(), verdict, finding } } });
  });
}

function rememberRecent(addresses: string[]): Promise<void> {
  return inTurn(async () => {
    const recent = (await recallOf('recent')) ?? [];
    await remember({ recent: [...new Set([...addresses, ...recent])].slice(0, KEPT_RECENT) });
  });
}

async function adviceOf(verdict: Verdict, dismissed: string[] = []): Promise<Advice> {
  const finding = await findingOf(verdict);
  return { verdict, finding, dismissed: dismissed.includes(finding) };
}

/** Names a finding by its facts, as a hash: the same finding put away once stays away until one of them changes. */
async function findingOf({ recipients, warnings }: Verdict): Promise<string> {
  const people = recipients.map(({ id, unanswered, last_touch_at, last_reply_at }) => [
    id,
    unanswered,
    last_touch_at,
    last_reply_at,
  ]);
  const facts = JSON.stringify([people, warnings.map(({ rule, level }) => [rule, level])]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(facts));
  return Array.from(new Uint8Array(digest).slice(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function dismiss(finding: string): Promise<void> {
  return inTurn(async () => {
    const dismissed = (await get('dismissed')) ?? [];
    await set({ dismissed: [...new Set([...dismissed, finding])].slice(-KEPT_DISMISSED) });
  });
}

function mute(recipient: string, muted: boolean): Promise<Answer<true>> {
  const path = `/api/v1/recipients/${encodeURIComponent(recipient)}`;
  return ask({ method: 'PATCH', path, body: { muted }, read: done });
}

/** Empty for somebody never written to. */
async function timeLine(address: string): Promise<Answer<TimeLine>> {
  const found = await ask({ path: `/api/v1/recipients?q=${encodeURIComponent(address)}`, read: readRecipients });
  if (!found.ok) return found;
  const recipient = found.value.find((one) => one.address === address);
  if (!recipient) return { ok: true, value: { next_good_date: null, entries: [] } };
  const { backend } = await link();
  const path = `/api/v1/recipients/${encodeURIComponent(recipient.id)}`;
  return ask({ path, read: (json) => readTimeLine(json, backend) });
}

async function mayCall(address: string): Promise<Answer<Verdict>> {
  const to = await link();
  const body = zoned({
    channel: 'call',
    account: null,
    provider: null,
    to: [address],
    cc: [],
    bcc: [],
    provider_thread_id: null,
  });
  return ask({ method: 'POST', path: '/api/v1/advice', body, read: (json) => readVerdict(json, to.backend) });
}

async function log({ touch }: Extract<OwnMessage, { type: 'log' }>): Promise<Status> {
  await enqueue(touch, crypto.randomUUID());
  await sendQueue();
  return status();
}

async function sendQueue(): Promise<void> {
  const to = await link();
  if (!to.token || !((await get('queue')) ?? []).some(({ refused }) => !refused)) return;
  await flush(({ id, touch }) =>
    call(to, { method: 'POST', path: '/api/v1/touches', body: touch, idempotencyKey: id, read: done }),
  );
}

async function status(): Promise<Status> {
  const queue = (await get('queue')) ?? [];
  const { backend, token } = await link();
  return {
    backend,
    paired: token !== null,
    queued: queue.filter(({ refused }) => !refused).length,
    failed: queue.filter(({ refused }) => refused).map(({ touch }) => touch.recipient),
    recent: (await recallOf('recent')) ?? [],
  };
}

/** Names the part that fails: compose, recipients, account of the mail page; the backend, the pairing, or a mailbox. */
async function check(): Promise<Check[]> {
  const page = pageChecks(await recallOf('sight'));
  const to = await link();
  const health = await call({ ...to, token: null }, { path: '/health', read: done });
  const backend: Check = {
    part: 'backend',
    trouble: health.ok || health.status > 0 ? null : health.trouble,
    detail: to.backend,
  };
  return backend.trouble ? [...page, backend] : [...page, backend, ...(await insideChecks())];
}

/** What could be read of the mail page seen last, part by part, in numbers. */
function pageChecks(sight: Sight | undefined): Check[] {
  if (!sight || sight.blind) return [{ part: 'compose', trouble: sight ? 'blind' : 'not_seen', detail: '' }];
  const { composes, recipients, unresolved, account } = sight;
  return [
    { part: 'compose', trouble: null, detail: `${composes}` },
    { part: 'recipients', trouble: unresolved ? 'unresolved' : null, detail: `${recipients}` },
    { part: 'account', trouble: account ? null : 'no_account', detail: '' },
  ];
}

async function insideChecks(): Promise<Check[]> {
  const accounts = await ask({ path: '/api/v1/accounts', read: readAccounts });
  if (!accounts.ok) return [{ part: 'pairing', trouble: accounts.trouble, detail: '' }];
  const mailboxes = accounts.value.map(
    ({ address, state }): Check => ({
      part: 'mailboxes',
      trouble: WORKING_STATES.includes(state) ? null : 'mailbox',
      detail: `${address}: ${state}`,
    }),
  );
  const none: Check = { part: 'mailboxes', trouble: 'none_linked', detail: '' };
  return [{ part: 'pairing', trouble: null, detail: '' }, ...(mailboxes.length ? mailboxes : [none])];
}
