import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import german from '../_locales/de/messages.json';
import english from '../_locales/en/messages.json';
import { type Banner, createBanner, TO_BANNER } from '../src/banner';
import type { BannerActs } from '../src/findings';
import { guardKeys } from '../src/keys';
import type { Answer, Objection } from '../src/protocol';
import { pageOf } from './page';
import { CAUTION, verdict } from './verdicts';

const HEADLINE = verdict().headline;
const [TOLD] = CAUTION.warnings;
const SECOND = { ...TOLD?.evidence[1] };

/** What changes in a verdict whose one warning rests on these messages. */
const resting = (evidence: object[]) => ({ warnings: [{ ...TOLD, evidence }] });

/** What the person did, written down. */
class Deeds implements BannerActs {
  readonly done: unknown[] = [];
  kept = true;
  quiet = () => void this.done.push('quiet');
  dismiss = (finding: string) => void this.done.push(['dismiss', finding]);
  retry = () => void this.done.push('retry');
  object = async (objection: Objection): Promise<Answer<unknown>> => {
    this.done.push(Object.values(objection));
    return this.kept ? { ok: true, value: 'c9' } : { ok: false, trouble: 'server' };
  };
}

let shadow: ShadowRoot;
let deeds: Deeds;
let banner: Banner;
let ending: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  pageOf({
    body: '<div id="parent"><div id="compose"><div contenteditable="true" id="editor" tabindex="0"></div></div></div>',
  });
  deeds = new Deeds();
  ending = new AbortController();
  banner = createBanner({
    doc: document,
    key: 'm-7',
    say: (word) => english[word].message,
    acts: deeds,
    keepKeys: guardKeys(window, ending.signal),
    inside: (root) => {
      shadow = root;
    },
  });
});

afterEach(() => {
  banner.remove();
  ending.abort();
  vi.useRealTimers();
});

const parent = () => document.getElementById('parent') as HTMLElement;
const root = () => document.getElementById('compose') as HTMLElement;
const host = () => document.querySelector('aftertouch-banner') as HTMLElement;
const place = () => banner.place({ parent: parent(), before: root() }, root());
const texts = () => shadow.textContent ?? '';
const press = (text: string) => {
  const button = [...shadow.querySelectorAll('button')].find(({ textContent }) => textContent?.startsWith(text));
  if (!button) throw new Error(`no button "${text}" in: ${texts()}`);
  button.click();
};
const settle = () => vi.advanceTimersByTimeAsync(100);

async function shown(change: object = {}): Promise<void> {
  place();
  banner.show(verdict(change), 'f1');
  await settle();
}

/** A verdict with all that stands behind "Why?". */
async function opened(change: object = {}): Promise<void> {
  await shown(change);
  press('Why?');
}

describe('a banner in the page', () => {
  it('is one element that says its level and its compose, and nothing else to the page', async () => {
    await shown();
    expect(host().shadowRoot).toBeNull();
    expect(host().getAttributeNames().sort()).toEqual(['data-compose', 'data-level']);
    expect({ ...host().dataset }).toEqual({ compose: 'm-7', level: 'caution' });
    expect(host().textContent).toBe('');
  });

  it('stands before the compose and leaves it as it was', async () => {
    const before = root().outerHTML;
    await shown();
    expect(host().nextElementSibling).toBe(root());
    expect(root().outerHTML).toBe(before);
  });

  it('returns when the page removes it once, and floats above the page when it happens again', async () => {
    await shown();
    host().remove();
    place();
    expect(host().parentElement).toBe(parent());
    host().remove();
    place();
    expect(host().parentElement).toBe(document.documentElement);
    expect(host().getAttribute('popover')).toBe('manual');
  });

  it('leaves nothing behind', async () => {
    await shown();
    banner.remove();
    expect(host()).toBeNull();
  });

  it('does not take the focus, and gives it back when it had it', async () => {
    const editor = document.getElementById('editor') as HTMLElement;
    editor.focus();
    await shown();
    expect(document.activeElement).toBe(editor);
  });
});

describe('a banner is gone to by a key', () => {
  const goThere = () => (globalThis as unknown as Record<symbol, () => void>)[Symbol.for(TO_BANNER)]?.();

  it('from the compose it belongs to, and Esc leads back', async () => {
    const editor = document.getElementById('editor') as HTMLElement;
    await shown();
    const other = document.createElement('p');
    document.body.append(other);
    const later = createBanner({ doc: document, key: 'm-8', say: () => '', acts: deeds, keepKeys: () => undefined });
    later.place({ parent: document.body, before: other }, other);
    editor.focus();
    goThere();
    expect(document.activeElement).toBe(host());
    expect(shadow.activeElement?.textContent).toBe(english.why.message);
    banner.remove();
    expect(document.activeElement).toBe(editor);
    later.remove();
  });

  it('that does nothing where there is none', async () => {
    banner.remove();
    goThere();
    expect(document.activeElement).toBe(document.body);
  });
});

describe('a banner speaks', () => {
  it('politely, once: the status stands empty, then holds the sentence', async () => {
    place();
    banner.show(verdict(), 'f1');
    const status = shadow.querySelector('[role=status]');
    expect(status?.textContent).toBe('');
    await settle();
    expect(status?.textContent).toBe(`Caution: ${HEADLINE}`);
    const sentence = status?.firstChild;
    banner.show(verdict({ next_good_date: '2026-12-04' }), 'f1');
    await settle();
    expect(status?.firstChild).toBe(sentence);
    expect(shadow.querySelector('[role=alert]')).toBeNull();
  });

  it('by sign, word and colour, which no two levels share', async () => {
    const levels = ['note', 'caution', 'hold', 'stop', 'unknown'];
    place();
    const seen = [];
    for (const level of levels) {
      banner.show(verdict({ level, headline: `about ${level}` }), level);
      const box = shadow.querySelector('.box') as HTMLElement;
      expect(levels.filter((one) => box.classList.contains(one))).toEqual([level]);
      seen.push([shadow.querySelector('path')?.getAttribute('d'), shadow.querySelector('b')?.textContent]);
    }
    expect(new Set(seen.map(([sign]) => sign)).size).toBe(levels.length);
    expect(seen.map(([, word]) => word)).toEqual(['Note:', 'Caution:', 'Hold:', 'Stop:', "Can't check:"]);
    const style = readFileSync(`${import.meta.dirname}/../src/banner.css`, 'utf8');
    for (const ground of ['light', 'dark']) {
      const colours = [...style.matchAll(new RegExp(`\\.${ground}(?:\\.\\w+)? \\{[^}]*--mark: (#\\w+)`, 'g'))];
      expect(new Set(colours.map(([, colour]) => colour)).size, ground).toBe(levels.length);
    }
  });

  it('with the mails behind it on request, and links to the web alone', async () => {
    await shown();
    const panel = shadow.querySelector('.more') as HTMLElement;
    expect([panel.hidden, shadow.querySelectorAll('a').length]).toEqual([true, 0]);
    press('Why?');
    expect(panel.hidden).toBe(false);
    expect(shadow.querySelector('[aria-expanded=true]')).not.toBeNull();
    expect([...shadow.querySelectorAll('a')].map(({ href, rel }) => [href, rel])).toEqual([
      ['https://mail.google.com/mail/#all/1', 'noopener noreferrer'],
      ['http://127.0.0.1:8025/history/r1', 'noopener noreferrer'],
    ]);
  });

  it('with the mails of what is said now, whether they stand open or are opened later', async () => {
    const about = (message: string) => verdict({ warnings: [{ ...verdict().warnings[0], message }] });
    await opened();
    banner.show(about('Said while it stood open.'), 'f2');
    expect(texts()).toContain('Said while it stood open.');
    press('Why?');
    banner.show(about('Said while it was closed.'), 'f3');
    press('Why?');
    expect(texts()).toContain('Said while it was closed.');
    expect(texts()).not.toContain('Said while it stood open.');
  });

  it('never in markup that came with a mail', async () => {
    await opened({
      headline: '<img src=x onerror=alert(1)>',
      warnings: [{ ...verdict().warnings[0], message: '<b id="evil">x</b>' }],
    });
    expect(shadow.querySelector('img, #evil')).toBeNull();
    expect(texts()).toContain('<img src=x onerror=alert(1)>');
    expect(texts()).toContain('<b id="evil">x</b>');
  });

  it('in grey when nothing can be checked, with the reason', async () => {
    place();
    banner.cannotCheck('unreachable');
    await settle();
    expect(host().dataset.level).toBe('unknown');
    expect(texts()).toContain('Aftertouch is not running.');
  });

  it('again when it was asked to try again and the same trouble came', async () => {
    place();
    banner.cannotCheck('unreachable');
    await vi.advanceTimersByTimeAsync(3000);
    const status = shadow.querySelector('[role=status]');
    expect(status?.textContent).toBe('');
    press('Try again');
    banner.cannotCheck('unreachable');
    await settle();
    expect(deeds.done).toEqual(['retry']);
    expect(status?.textContent).toContain('Aftertouch is not running.');
  });

  it('and offers to try again only where nothing could be checked', async () => {
    await shown();
    const again = [...shadow.querySelectorAll('button')].find(({ textContent }) => textContent === 'Try again');
    expect(again?.hidden).toBe(true);
    banner.cannotCheck('timeout');
    expect(again?.hidden).toBe(false);
  });

  it('the same in both languages', () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const [word, { message }] of Object.entries({ ...english, ...german })) {
      expect(message.length, word).toBeGreaterThan(0);
      expect(message.length, word).toBeLessThanOrEqual(140);
      expect(message, word).not.toContain('!');
    }
  });
});

describe('a banner can be quietened', () => {
  it('for this message', async () => {
    await opened();
    press('Quiet for this message');
    expect(deeds.done).toEqual(['quiet']);
  });

  it('for this recipient, and back', async () => {
    await opened();
    press('Not for this recipient');
    await settle();
    expect(texts()).toContain('Quiet for this recipient from now on.');
    press('Undo');
    await settle();
    expect(deeds.done).toEqual([
      ['mute', 'r1', true],
      ['mute', 'r1', false],
    ]);
    expect(texts()).toContain('Undone.');
  });

  it.each([
    ['They answered elsewhere', 'answered_elsewhere'],
    ['Not about a job', 'not_job_search'],
  ])('because it is wrong: %s', async (words, kind) => {
    await opened();
    press('This is wrong');
    press(words);
    await settle();
    press('Undo');
    await settle();
    expect(deeds.done).toEqual([
      ['correct', 'r1', kind, null],
      ['uncorrect', 'c9'],
    ]);
  });

  it.each([
    ['Meant for someone else', 'other_recipient'],
    ['Not a follow-up', 'not_a_touch'],
  ])('by a word about the only message there is: %s', async (words, kind) => {
    await opened(resting([SECOND]));
    press('This is wrong');
    press(words);
    await settle();
    expect(deeds.done).toEqual([['correct', 'r1', kind, 'k2']]);
  });

  it('because a mail of theirs was meant for someone else', async () => {
    await opened(resting([SECOND, { ...SECOND, key: 'k5', direction: 'in', at: '2026-11-20T10:00:00Z' }]));
    press('This is wrong');
    press('Meant for someone else');
    press('Fri, Nov 20');
    await settle();
    expect(deeds.done).toEqual([['correct', 'r1', 'other_recipient', 'k5']]);
  });

  it('but of a message only where one is shown', async () => {
    await opened(resting([]));
    press('This is wrong');
    expect(texts()).toContain('They answered elsewhere');
    expect(texts()).not.toContain('Not a follow-up');
    expect(texts()).not.toContain('Meant for someone else');
  });

  it('because one of two mails is no follow-up', async () => {
    await opened();
    press('This is wrong');
    press('Not a follow-up');
    expect(texts()).toContain('Which one?');
    press('Thu, Nov 19');
    await settle();
    expect(deeds.done).toEqual([['correct', 'r1', 'not_a_touch', 'k2']]);
  });

  it('and says when that could not be saved', async () => {
    deeds.kept = false;
    await opened();
    press('Not for this recipient');
    await settle();
    expect(texts()).toContain('That could not be saved.');
    expect(texts()).not.toContain('Undo');
  });

  it('and keeps the way back when the verdict turns clear', async () => {
    await opened();
    press('Not for this recipient');
    await settle();
    expect(banner.hasNotice()).toBe(true);
    banner.show(verdict({ level: 'clear', headline: '', warnings: [] }), 'f2');
    expect(texts()).toContain('Undo');
  });
});

describe('the focus', () => {
  const focused = () => shadow.activeElement?.textContent;
  const stand = (text: string) => {
    [...shadow.querySelectorAll('button')].find(({ textContent }) => textContent === text)?.focus();
    expect(focused()).toBe(text);
  };

  it('stays in the banner when a verdict comes while somebody stands in it', async () => {
    await opened();
    stand('This is wrong');
    banner.show(verdict({ headline: 'Something else.' }), 'f2');
    expect(focused()).toBe('Why?');
    stand('Quiet for this message');
    banner.cannotCheck('timeout');
    expect(focused()).toBe('Try again');
    banner.show(verdict(), 'f3');
    expect(focused()).toBe('Why?');
  });

  it('goes along with what is pressed', async () => {
    await opened();
    stand('This is wrong');
    press('This is wrong');
    expect(focused()).toBe('They answered elsewhere');
    press('They answered elsewhere');
    await settle();
    stand('Undo');
    press('Undo');
    await settle();
    expect(focused()).toBe('They answered elsewhere');
  });

  it('is not taken by a verdict from whoever writes', async () => {
    await opened();
    banner.show(verdict({ headline: 'Something else.' }), 'f2');
    banner.cannotCheck('timeout');
    expect(shadow.activeElement).toBeNull();
  });
});

describe('keys in a banner', () => {
  const strike = (type: string, key: string) =>
    host().dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true, composed: true }));

  it('stay there: the page sees none of them', async () => {
    const seen: string[] = [];
    for (const type of ['keydown', 'keypress', 'keyup']) {
      for (const capture of [true, false])
        document.addEventListener(type, () => seen.push(type), { capture, signal: ending.signal });
    }
    await shown();
    for (const type of ['keydown', 'keypress', 'keyup']) strike(type, 'e');
    expect(seen).toEqual([]);
    root().dispatchEvent(new KeyboardEvent('keydown', { key: 'e', bubbles: true }));
    expect(seen).toEqual(['keydown', 'keydown']);
  });

  it('put it away with Esc', async () => {
    await shown();
    strike('keydown', 'Escape');
    expect(deeds.done).toEqual([['dismiss', 'f1']]);
  });
});
