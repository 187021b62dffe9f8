import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import english from '../_locales/en/messages.json';
import { accompany } from '../src/accompany';
import type { Adviser } from '../src/attendant';
import { createBanner } from '../src/banner';
import type { ChunkName, Chunks } from '../src/chunks';
import { Companion, onChange } from '../src/companion';
import { gmailEditor } from '../src/hosts/editable';
import { genericComposes } from '../src/hosts/generic';
import { gmail } from '../src/hosts/gmail';
import type { Advice, AdviceRequest, Answer, PageReading, Sight, Trouble } from '../src/protocol';
import { readDraft } from '../src/reader/index';
import type { Word } from '../src/words';
import { pageOf } from './page';
import { verdict } from './verdicts';

/** Answers as told, writes down every question; `hold` keeps answers back until `release`. */
class Oracle implements Adviser {
  readonly asked: AdviceRequest[] = [];
  readonly dismissed: string[] = [];
  remembered: Advice | null = null;
  trouble: Trouble | null = null;
  level = 'caution';
  hold = false;
  #held: (() => void)[] = [];

  recall = async () => this.remembered;
  advise = async (request: AdviceRequest): Promise<Answer<Advice>> => {
    this.asked.push(request);
    const headline = `about ${request.to.join()}`;
    if (this.hold) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.trouble) return { ok: false, trouble: this.trouble };
    return {
      ok: true,
      value: { verdict: verdict({ level: this.level, headline }), finding: headline, dismissed: false },
    };
  };
  dismiss = async (finding: string) => this.dismissed.push(finding);
  object = async (): Promise<Answer<unknown>> => ({ ok: true, value: 'c1' });

  release(): void {
    this.hold = false;
    for (const go of this.#held.splice(0)) go();
  }
}

const CHIP = (address: string) => `<div role="option" data-hovercard-id="${address}"></div>`;
const PAGE = `<div role="dialog"><div role="region"><form><div name="to">${CHIP('dana@acme.example')}</div><div name="cc"></div>
  <input name="subjectbox" value="Hi"><input type="hidden" name="composeid" value="7"></form>
  <table><tr><td><div id="editor" g_editable="true" role="textbox" contenteditable="true"></div></td></tr></table></div></div>`;

const ACCOUNT = '<meta name="og-profile-acct" content="ana@example.com">';

let oracle: Oracle;
let ending: AbortController;
let reports: PageReading[];
let sights: Sight[];
let fetched: number;
let shaped: number;
let lost: number;
let reader: typeof readDraft | null;

const editor = () => document.getElementById('editor') as HTMLElement;
const banner = () => document.querySelector<HTMLElement>('aftertouch-banner');
const pass = (ms = 700) => vi.advanceTimersByTimeAsync(ms);
const add = (role: string, address: string) =>
  document.querySelector(`[name=${role}]`)?.insertAdjacentHTML('beforeend', CHIP(address));
function type(text: string): void {
  editor().append(text);
  editor().dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  pageOf({ head: ACCOUNT, body: PAGE });
  oracle = new Oracle();
  ending = new AbortController();
  reports = [];
  sights = [];
  fetched = 0;
  shaped = 0;
  lost = 0;
  reader = readDraft;
});

afterEach(() => {
  ending.abort();
  vi.useRealTimers();
});

const parts: { [K in ChunkName]: () => Promise<Chunks[K] | null> } = {
  banner: async () => (lost-- > 0 ? null : createBanner),
  reader: async () => {
    fetched += 1;
    return reader;
  },
  shape: async () => {
    shaped += 1;
    return genericComposes;
  },
};

async function begin(): Promise<void> {
  const company = {
    doc: document,
    host: gmail(document),
    adviser: oracle,
    fetch: <K extends ChunkName>(name: K) => parts[name](),
    say: (word: Word) => english[word].message,
    keepKeys: () => undefined,
    signal: ending.signal,
    onReport: onChange((report) => reports.push(report)),
    onSight: (one: Sight) => sights.push(one),
  };
  accompany(document, (lookSoon) => new Companion(company, lookSoon), ending.signal, gmailEditor);
  await pass();
}

describe('a compose that opens unfocused among many other changes', () => {
  const stir = (between = '<i></i>') => {
    for (const html of ['<i></i>', ...Array(6).fill('<i></i>'), between, '<i></i>', '<i></i>']) {
      document.body.insertAdjacentHTML('beforeend', html);
    }
  };

  beforeEach(async () => {
    pageOf({ head: ACCOUNT });
    await begin();
  });

  it('is seen when two seconds have passed', async () => {
    stir(PAGE);
    await pass(200);
    expect(reports).toEqual([]);
    await pass(2000);
    expect(reports.at(-1)?.composes).toHaveLength(1);
  });

  it('is seen a few seconds later without the name its host gives to editors, and at once when it gets the focus', async () => {
    const nameless = PAGE.replace('g_editable="true" ', '');
    for (const between of [nameless, '', '', '']) {
      stir(between);
      await pass(2100);
    }
    expect(shaped).toBe(1);
    pageOf({ head: ACCOUNT });
    await pass(3000);
    stir(nameless);
    await pass(50);
    document.getElementById('editor')?.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    reports.length = 0;
    await pass(50);
    expect(reports.at(-1)?.composes).toHaveLength(1);
  });
});

describe('beside a person who writes', () => {
  it('the reader of drafts is fetched only once they write', async () => {
    await begin();
    expect([fetched, oracle.asked[0]?.signals]).toEqual([0, undefined]);
    type('Just checking in, is there any news?');
    await pass();
    expect([fetched, oracle.asked[1]?.signals?.asks_for_news]).toEqual([1, true]);
  });

  it('a draft that stands there already is read before the first question', async () => {
    editor().append('Just checking in, is there any news?');
    await begin();
    expect(oracle.asked.map(({ signals }) => signals?.asks_for_news)).toEqual([true]);
  });

  it('what knows composes by their shape is fetched only where the page has an editor of unknown kind', async () => {
    await begin();
    expect([shaped, reports.at(-1)?.composes.length]).toEqual([0, 1]);
    const changed =
      '<section><b title="rita@acme.example">Rita</b><input type="text"><p contenteditable="true">x</p></section>';
    document.body.insertAdjacentHTML('beforeend', changed);
    await pass();
    expect([shaped, reports.at(-1)?.composes.map(({ to }) => to)]).toEqual([
      1,
      [['dana@acme.example'], ['rita@acme.example']],
    ]);
  });

  it('without a reader the question is asked all the same', async () => {
    reader = null;
    editor().append('Just checking in, is there any news?');
    await begin();
    expect(oracle.asked.map(({ signals }) => signals)).toEqual([undefined]);
    expect(banner()?.dataset).toMatchObject({ level: 'caution' });
  });

  it('what shows the banner is asked for again when it did not come', async () => {
    lost = 1;
    await begin();
    expect(banner()).not.toBeNull();
    expect(oracle.asked).toHaveLength(1);
  });

  it('one question is asked, and again only when something changed', async () => {
    await begin();
    await pass(5000);
    expect(oracle.asked).toHaveLength(1);
    add('cc', 'cc@acme.example');
    await pass();
    expect(oracle.asked.map(({ cc }) => cc)).toEqual([[], ['cc@acme.example']]);
    expect(banner()?.dataset).toMatchObject({ level: 'caution' });
  });

  it('words leave as signals only, once they pause', async () => {
    await begin();
    for (const word of ['Just ', 'checking ', 'in about the canary']) {
      type(word);
      await pass(120);
    }
    expect(oracle.asked).toHaveLength(1);
    await pass();
    expect(oracle.asked).toHaveLength(2);
    expect(oracle.asked[1]?.signals).toMatchObject({ language: 'en', asks_for_news: true });
    expect(JSON.stringify(oracle.asked)).not.toContain('canary');
  });

  it('nothing moves while a character is put together from several keys', async () => {
    document.querySelector('[name=to]')?.replaceChildren();
    await begin();
    editor().dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    add('to', 'dana@acme.example');
    await pass(2000);
    expect(banner()).toBeNull();
    editor().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    await pass();
    expect(banner()).not.toBeNull();
  });

  it('what was said last about the same people stands there before the answer comes', async () => {
    oracle.hold = true;
    oracle.remembered = { verdict: verdict({ level: 'hold' }), finding: 'old', dismissed: false };
    await begin();
    expect(banner()?.dataset.level).toBe('hold');
    oracle.release();
    await pass();
    expect(banner()?.dataset.level).toBe('caution');
  });

  it('an answer about other people than now is not shown', async () => {
    oracle.hold = true;
    await begin();
    document.querySelector('[name=to]')?.replaceChildren();
    add('to', 'rita@acme.example');
    await pass();
    oracle.level = 'clear';
    oracle.release();
    await pass();
    expect(oracle.asked.map(({ to }) => to)).toEqual([['dana@acme.example'], ['rita@acme.example']]);
    expect(banner()).toBeNull();
  });

  it.each([
    ['not_paired', null],
    ['unreachable', 'unknown'],
    ['timeout', 'unknown'],
  ] as const)('%s shows %s', async (trouble, level) => {
    oracle.trouble = trouble;
    await begin();
    expect(banner()?.dataset.level ?? null).toBe(level);
  });

  it('what failed is not asked again while they write, but for other people and when they come back', async () => {
    oracle.trouble = 'timeout';
    await begin();
    type('Just checking in, is there any news?');
    await pass(5000);
    expect(oracle.asked).toHaveLength(1);
    add('cc', 'cc@acme.example');
    await pass();
    expect(oracle.asked.map(({ cc }) => cc)).toEqual([[], ['cc@acme.example']]);
    oracle.trouble = null;
    window.dispatchEvent(new Event('focus'));
    await pass();
    expect(oracle.asked).toHaveLength(2);
    window.dispatchEvent(new Event('blur'));
    window.dispatchEvent(new Event('focus'));
    document.dispatchEvent(new Event('visibilitychange'));
    await pass();
    expect(oracle.asked).toHaveLength(3);
    expect(oracle.asked[2]?.signals?.asks_for_news).toBe(true);
    expect(banner()?.dataset.level).toBe('caution');
    window.dispatchEvent(new Event('blur'));
    window.dispatchEvent(new Event('focus'));
    await pass();
    expect(oracle.asked).toHaveLength(3);
  });

  it('a page that does not show its account yet is given a moment, and asked about without one after that', async () => {
    document.head.innerHTML = '';
    await begin();
    expect(oracle.asked).toEqual([]);
    document.head.innerHTML = ACCOUNT;
    await pass();
    expect(oracle.asked.map(({ account }) => account)).toEqual(['ana@example.com']);
    ending.abort();
    ending = new AbortController();
    pageOf({ body: PAGE });
    await begin();
    await pass();
    expect(oracle.asked.map(({ account }) => account)).toEqual(['ana@example.com', null]);
  });

  it('oneself alone is nobody to be advised about', async () => {
    document.head.innerHTML = '<meta name="og-profile-acct" content="dana@acme.example">';
    await begin();
    expect(oracle.asked).toEqual([]);
  });

  it('a closed compose takes its banner along, and the end leaves nothing', async () => {
    await begin();
    expect(banner()).not.toBeNull();
    ending.abort();
    expect(banner()).toBeNull();
    add('cc', 'cc@acme.example');
    await pass(3000);
    expect(oracle.asked).toHaveLength(1);
  });

  it('the report is told when it changes and at no other time', async () => {
    await begin();
    document.body.append(document.createElement('i'));
    await pass(3000);
    expect(reports).toHaveLength(1);
    document.querySelector('[role=dialog]')?.remove();
    await pass();
    expect(reports.map(({ composes }) => composes.length)).toEqual([1, 0]);
  });

  it('a page that is written in and cannot be read is told after three seconds', async () => {
    pageOf({ head: ACCOUNT, body: '<div role="dialog"><div role="textbox" contenteditable="true"></div></div>' });
    await begin();
    expect(sights).toEqual([]);
    await pass(4000);
    expect(sights.map(({ blind }) => blind)).toEqual([true]);
    document.body.innerHTML = PAGE;
    await pass();
    expect(sights.map(({ blind, composes, recipients }) => [blind, composes, recipients])).toEqual([
      [true, 0, 0],
      [false, 1, 1],
    ]);
  });
});
