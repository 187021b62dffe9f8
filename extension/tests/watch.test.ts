import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Scene, watch } from '../src/watch';
import { pageOf } from './page';

let looks: number;
let closely: boolean[];
let scene: Scene;
let ending: AbortController;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const add = (html = '<i></i>') => document.body.insertAdjacentHTML('beforeend', html);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  pageOf({});
  looks = 0;
  closely = [];
  scene = 'bare';
  ending = new AbortController();
  const look = (reason: boolean) => {
    looks += 1;
    closely.push(reason);
    return scene;
  };
  watch(document, look, ending.signal);
  await pass(500);
  looks = 0;
});

afterEach(() => {
  ending.abort();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a mail page without a compose', () => {
  it('that never rests is looked at once in two seconds', async () => {
    for (let turn = 0; turn < 1000; turn++) {
      add();
      await pass(10);
    }
    expect(looks).toBeGreaterThanOrEqual(4);
    expect(looks).toBeLessThanOrEqual(5);
  });

  it('is looked at at once when an editor comes, alone or in steps, and when something gets the focus', async () => {
    add('<div id="dialog"></div>');
    await pass(30);
    document.getElementById('dialog')?.insertAdjacentHTML('beforeend', '<form></form>');
    await pass(30);
    expect(looks).toBe(0);
    document.getElementById('dialog')?.insertAdjacentHTML('beforeend', '<p><b contenteditable="true"></b></p>');
    await pass(1);
    expect(looks).toBe(1);
    document.body.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    await pass(1);
    expect(looks).toBe(2);
  });

  it('is looked at closely when there is a reason to, and lightly when it merely changed', async () => {
    closely = [];
    for (let turn = 0; turn < 10; turn++) add();
    await pass(2100);
    add('<b contenteditable="plaintext-only"></b>');
    await pass(200);
    for (let turn = 0; turn < 10; turn++) add();
    await pass(50);
    document.body.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    await pass(3000);
    expect(closely).toEqual([false, true, true]);
  });

  it('may change its looks for nothing until it has an editor, which they may show', async () => {
    document.body.className = 'hovered';
    await pass(2100);
    expect(looks).toBe(0);
    scene = 'editor';
    document.body.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    await pass(200);
    looks = 0;
    document.body.className = '';
    await pass(2100);
    expect(looks).toBe(1);
  });

  it('that nobody sees is not looked at', async () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    add();
    await pass(10_000);
    expect(looks).toBe(0);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(1);
    expect(looks).toBe(1);
  });
});

describe('a mail page with a compose', () => {
  it('is looked at at its first change, and ten times a second at most', async () => {
    scene = 'compose';
    document.body.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    await pass(200);
    looks = 0;
    for (let turn = 0; turn < 100; turn++) {
      add();
      await pass(10);
      if (turn === 0) expect(looks).toBe(1);
    }
    expect(looks).toBeGreaterThanOrEqual(8);
    expect(looks).toBeLessThanOrEqual(11);
  });

  it('is let alone for good when it ends', async () => {
    scene = 'compose';
    add('<b contenteditable="true"></b>');
    await pass(200);
    looks = 0;
    ending.abort();
    add();
    await pass(3000);
    expect(looks).toBe(0);
  });
});
