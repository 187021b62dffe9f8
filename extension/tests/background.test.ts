// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Check, Site } from '../src/protocol';
import { ID, MAIL_TAB } from './browser';
import { CAUTION } from './verdicts';
import { address, advise, backend, browser, mail, own, REQUEST, TOUCH, wake } from './worker';

describe('the worker asks for advice', () => {
  it('with the token, and hands back the verdict without it', async () => {
    const answer = await advise();
    expect(answer).toMatchObject({
      ok: true,
      value: { verdict: { level: 'caution', history_url: `${address}/history/r1` }, dismissed: false },
    });
    expect(JSON.stringify(answer)).not.toContain('secret-token');
    const [arrived] = backend.sent('/api/v1/advice');
    expect(arrived?.headers.authorization).toBe('Bearer secret-token');
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(JSON.parse(arrived?.body ?? '')).toEqual({ ...REQUEST, time_zone: timeZone });
  });

  it('with the time zone as a browser tells it that knows it without making a date format', async () => {
    vi.stubGlobal('Temporal', { Now: { timeZoneId: () => 'Pacific/Apia' } });
    await advise();
    vi.stubGlobal('Temporal', undefined);
    expect(JSON.parse(backend.sent('/api/v1/advice')[0]?.body ?? '')).toMatchObject({ time_zone: 'Pacific/Apia' });
  });

  it('never before pairing', async () => {
    await browser.local.remove('token');
    expect(await advise()).toEqual({ ok: false, trouble: 'not_paired' });
    expect(backend.arrived).toEqual([]);
  });

  it('and remembers the last verdict for these recipients, even after it was stopped', async () => {
    await advise();
    await wake();
    expect(await mail({ type: 'recall', request: REQUEST })).toMatchObject({ verdict: { headline: CAUTION.headline } });
    expect(await mail({ type: 'recall', request: { ...REQUEST, to: ['rita@acme.example'] } })).toBeNull();
    expect(backend.sent('/api/v1/advice')).toHaveLength(1);
  });

  it('before it notes anything down, for it may just have been woken', async () => {
    let noted: boolean | undefined;
    backend.answers.set('POST /api/v1/advice', () => {
      noted = browser.local.kept.has('health');
      return { status: 200, json: CAUTION };
    });
    const sample = { by: 'names', account: true, thread: false, recipients: 1, unresolved: 0 };
    await Promise.all([advise(), mail({ type: 'sample', sample })]);
    expect([noted, browser.local.kept.has('health')]).toEqual([false, true]);
  });

  it('and keeps a finding put away until its facts change', async () => {
    const first = await advise();
    await mail({ type: 'dismiss', finding: first.ok && first.value.finding });
    expect(await advise()).toMatchObject({ value: { dismissed: true } });
    const [recipient] = CAUTION.recipients;
    backend.answers.set('POST /api/v1/advice', {
      status: 200,
      json: { ...CAUTION, recipients: [{ ...recipient, unanswered: 3 }] },
    });
    expect(await advise()).toMatchObject({ value: { dismissed: false } });
  });
});

describe('a page that does not tell its mailbox', () => {
  const linked = (...addresses: string[]) =>
    backend.answers.set('GET /api/v1/accounts', {
      status: 200,
      json: { accounts: addresses.map((address) => ({ address, state: 'live' })) },
    });

  it('gets no verdict where it could be one of several, and one where there is one alone', async () => {
    linked('ana@example.com', 'ana.berg@outlook.example');
    expect(await advise({ account: null })).toEqual({ ok: false, trouble: 'no_account' });
    expect(backend.arrived.map(({ path }) => path)).toEqual(['/api/v1/accounts']);
    await browser.session.clear();
    linked('ana@example.com');
    expect((await advise({ account: null })).ok).toBe(true);
    expect((await advise({ account: null, to: ['rita@acme.example'] })).ok).toBe(true);
    expect(backend.arrived.filter(({ path }) => path === '/api/v1/accounts')).toHaveLength(2);
  });

  it('gets none, and asks once, while the backend fails', async () => {
    backend.answers.set('GET /api/v1/accounts', { status: 500, json: {} });
    expect(await advise({ account: null })).toEqual({ ok: false, trouble: 'server' });
    expect(backend.arrived).toHaveLength(1);
  });
});

describe('the worker says what fails', () => {
  it.each([
    [401, 'unauthorised'],
    [403, 'unauthorised'],
    [422, 'refused'],
    [429, 'busy'],
    [500, 'server'],
    [503, 'busy'],
  ])('%i is %s', async (status, trouble) => {
    backend.answers.set('POST /api/v1/advice', { status, json: { title: 'no' } });
    expect(await advise()).toEqual({ ok: false, trouble });
    expect(browser.badge).toBe('!');
  });

  it('an answer it cannot read', async () => {
    for (const told of [
      { status: 200, text: '<html>' },
      { status: 200, json: { level: 'loud', headline: '' } },
    ]) {
      backend.answers.set('POST /api/v1/advice', told);
      expect(await advise()).toEqual({ ok: false, trouble: 'bad_answer' });
    }
  });

  it('a backend that is not there', async () => {
    await browser.local.set({ backend: 'http://127.0.0.1:9' });
    expect(await advise()).toEqual({ ok: false, trouble: 'unreachable' });
  });

  it('and gives a slow one a moment, in which questions wait their turn', async () => {
    const until = Date.now() + 150;
    await browser.session.set({ holdOff: { until, trouble: 'timeout' } });
    expect((await advise()).ok).toBe(true);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    expect(backend.sent('/api/v1/advice')).toHaveLength(1);
  });

  it('and asks a busy backend no more until it may', async () => {
    backend.answers.set('POST /api/v1/advice', { status: 429, json: {}, headers: { 'Retry-After': '60' } });
    await advise();
    expect(await advise()).toEqual({ ok: false, trouble: 'busy' });
    expect(backend.sent('/api/v1/advice')).toHaveLength(1);
  });
});

describe('the worker takes no message', () => {
  const CANARY = 'the moon is made of green cheese';

  it.each([
    ['with a text among the signals', { request: { ...REQUEST, signals: { words: 3, note: CANARY } } }],
    ['with a text in a list of signals', { request: { ...REQUEST, signals: { value: [CANARY] } } }],
    ['with a field of its own', { request: { ...REQUEST, body: CANARY } }],
    ['with a text for an address', { request: { ...REQUEST, to: [CANARY] } }],
    ['with another field beside the request', { request: REQUEST, text: CANARY }],
    ['without a channel', { request: { ...REQUEST, channel: undefined } }],
  ])('%s', async (_, change) => {
    expect(await mail({ type: 'advise', ...change })).toBe('refused');
    expect(backend.arrived).toEqual([]);
  });

  it.each([
    ['another extension', { ...MAIL_TAB, id: 'x'.repeat(32) }],
    ['a page that is no mail host', { ...MAIL_TAB, origin: 'https://evil.example', url: 'https://evil.example/' }],
    ['a mail host without encryption', { ...MAIL_TAB, origin: 'http://mail.google.com' }],
    ['no tab', { id: ID, url: 'https://mail.google.com/' }],
  ])('from %s', async (_, sender) => {
    expect(await browser.send({ type: 'advise', request: REQUEST }, sender)).toBe('refused');
  });

  it('from a mail page that only our own pages may send', async () => {
    for (const message of [
      { type: 'status' },
      { type: 'unpair' },
      { type: 'log', touch: TOUCH },
      { type: 'constructor' },
    ]) {
      expect(await mail(message)).toBe('refused');
    }
  });
});

describe('pairing', () => {
  const CODE = { device_code: 'dc', user_code: 'ABCD-EFGH', verification_uri: '/pair', expires_in: 300, interval: 5 };

  beforeEach(async () => {
    await browser.local.remove('token');
    backend.answers.set('POST /api/v1/device/code', {
      status: 200,
      json: { ...CODE, verification_uri_complete: `${address}/pair?code=ABCD-EFGH` },
    });
  });

  const poll = (error: string) => {
    backend.answers.set('POST /api/v1/device/token', { status: 400, json: { error } });
    return own({ type: 'pair-poll' });
  };

  it('shows a code, waits, and keeps the token in the worker', async () => {
    expect(await own({ type: 'pair', name: 'Chrome' })).toMatchObject({
      ok: true,
      value: { user_code: 'ABCD-EFGH', interval: 5 },
    });
    expect(await poll('authorization_pending')).toMatchObject({ state: 'pending', code: { interval: 5 } });
    expect(await poll('slow_down')).toMatchObject({ state: 'pending', code: { interval: 10 } });
    backend.answers.set('POST /api/v1/device/token', {
      status: 200,
      json: { access_token: 'fresh', token_type: 'Bearer' },
    });
    const paired = await own({ type: 'pair-poll' });
    expect(paired).toEqual({ state: 'paired', code: null });
    expect(browser.local.kept.get('token')).toBe('fresh');
    expect(await own({ type: 'status' })).toMatchObject({ paired: true });
  });

  it.each([
    ['access_denied', 'denied'],
    ['expired_token', 'expired'],
  ])('ends on %s', async (error, state) => {
    await own({ type: 'pair', name: 'Chrome' });
    expect(await poll(error)).toEqual({ state, code: null });
    expect(browser.local.kept.has('token')).toBe(false);
  });

  it('opens no page but the backend', async () => {
    backend.answers.set('POST /api/v1/device/code', {
      status: 200,
      json: { ...CODE, verification_uri_complete: 'https://evil.example/pair' },
    });
    expect(await own({ type: 'pair', name: 'Chrome' })).toEqual({ ok: false, trouble: 'bad_answer' });
  });
});

describe('the self-check names the part that fails', () => {
  const OF_THE_PAGE = ['compose', 'recipients', 'account'];
  const parts = async () =>
    ((await own({ type: 'check' })) as Check[])
      .filter(({ part }) => !OF_THE_PAGE.includes(part))
      .map(({ part, trouble }) => [part, trouble]);

  it('the mail page', async () => {
    const page = async () =>
      ((await own({ type: 'check' })) as Check[])
        .filter(({ part }) => OF_THE_PAGE.includes(part))
        .map(({ part, trouble }) => trouble && `${part}: ${trouble}`);
    expect(await page()).toEqual(['compose: not_seen']);
    const sight = { blind: false, account: true, composes: 1, recipients: 2, unresolved: 0 };
    await mail({ type: 'sight', sight: { ...sight, blind: true } });
    expect(await page()).toEqual(['compose: blind']);
    expect(browser.tabs).toEqual({ 1: { text: '?', title: 'trouble_blind' } });
    await mail({ type: 'sight', sight: { ...sight, account: false, unresolved: 1 } });
    expect(await page()).toEqual([null, 'recipients: unresolved', 'account: no_account']);
    await mail({ type: 'sight', sight });
    expect(await page()).toEqual([null, null, null]);
    expect(browser.tabs).toEqual({ 1: { text: null, title: 'name' } });
    expect(await mail({ type: 'sight', sight: { ...sight, recipients: 'dana@acme.example' } })).toBe('refused');
  });

  it('the backend', async () => {
    await browser.local.set({ backend: 'http://127.0.0.1:9' });
    expect(await parts()).toEqual([['backend', 'unreachable']]);
  });

  it('the pairing', async () => {
    backend.answers.set('GET /health', { status: 200, json: {} });
    backend.answers.set('GET /api/v1/accounts', { status: 401, json: {} });
    expect(await parts()).toEqual([
      ['backend', null],
      ['pairing', 'unauthorised'],
    ]);
  });

  it('a mailbox', async () => {
    backend.answers.set('GET /health', { status: 200, json: {} });
    const accounts = [
      { id: '1', address: 'ana@example.com', state: 'live' },
      { id: '2', address: 'b@example.com', state: 'needs_relink' },
    ];
    backend.answers.set('GET /api/v1/accounts', { status: 200, json: { accounts } });
    expect(await parts()).toEqual([
      ['backend', null],
      ['pairing', null],
      ['mailboxes', null],
      ['mailboxes', 'mailbox'],
    ]);
  });
});

describe('a mail host', () => {
  const SAMPLE = { by: 'names', account: true, thread: false, recipients: 2, unresolved: 1 };
  const gmailSite = async () =>
    ((await own({ type: 'sites' })) as Site[]).find(({ host }) => host === 'mail.google.com') as Site;

  it('that is switched off is not asked about, until it is switched on again', async () => {
    await own({ type: 'switch-site', host: 'mail.google.com', on: false });
    expect(await advise()).toEqual({ ok: false, trouble: 'site_off' });
    expect(backend.arrived).toEqual([]);
    await own({ type: 'switch-site', host: 'mail.google.com', on: true });
    expect((await advise()).ok).toBe(true);
  });

  it('has its readings counted, in numbers alone', async () => {
    await mail({ type: 'sample', sample: SAMPLE });
    await mail({ type: 'sample', sample: { ...SAMPLE, by: 'shape' } });
    await mail({ type: 'sample', sample: { ...SAMPLE, by: 'classes' } });
    const read = { composes: 3, by_class: 1, by_shape: 1 };
    const counts = { ...read, recipients: 6, unresolved: 3, no_account: 0, thread: 0, blind: 0 };
    expect((await gmailSite()).health).toEqual(counts);
    for (const sample of [
      { ...SAMPLE, recipients: 'dana@acme.example' },
      { ...SAMPLE, to: ['dana@acme.example'] },
    ]) {
      expect(await mail({ type: 'sample', sample })).toBe('refused');
    }
    expect((await gmailSite()).health).toEqual(counts);
  });
});

describe('a part of the content script', () => {
  it('is put into the frame that asks, and nothing else is', async () => {
    expect(await browser.send({ type: 'load', name: 'banner' }, { ...MAIL_TAB, frameId: 3 })).toBe(true);
    expect(browser.injected).toEqual([{ tabId: 1, frameIds: [3], files: ['banner.js'] }]);
    expect(await mail({ type: 'load', name: '../evil' })).toBe('refused');
  });
});

describe('the key for the banner', () => {
  it('leads into the banner of the tab it is pressed in, and nowhere without one', () => {
    const name = Symbol.for('aftertouch.toBanner');
    browser.press('to-banner', { id: 7 });
    const called: string[] = [];
    Object.assign(globalThis, { [name]: () => called.push('banner') });
    browser.press('to-banner', { id: 7 });
    Reflect.deleteProperty(globalThis, name);
    expect([called, browser.injected]).toEqual([['banner'], [{ tabId: 7 }, { tabId: 7 }]]);
  });
});
