// The worker as tests meet it: awake in a stand-in browser, paired, with a backend that answers and can be asked what came.
import { afterEach, beforeEach, vi } from 'vitest';
import type { Advice, AdviceRequest, Answer, TouchRequest } from '../src/protocol';
import { Backend } from './backend';
import { Browser, MAIL_TAB, OWN_PAGE } from './browser';
import { CAUTION } from './verdicts';

export const REQUEST: AdviceRequest = {
  channel: 'email',
  account: 'ana@example.com',
  provider: 'google',
  to: ['dana@acme.example'],
  cc: [],
  bcc: [],
  provider_thread_id: '18c0ffee12345678',
};
export const TOUCH: TouchRequest = {
  recipient: 'dana@acme.example',
  channel: 'call',
  outcome: 'no_answer',
  at: '2026-11-22T10:00:00.000Z',
  mood: null,
  note_promise: null,
};

export let backend: Backend;
export let browser: Browser;
export let address: string;

beforeEach(async () => {
  backend = new Backend();
  address = await backend.start();
  browser = new Browser();
  await browser.local.set({ backend: address, token: 'secret-token' });
  backend.answers.set('POST /api/v1/advice', { status: 200, json: CAUTION });
  await wake();
});

afterEach(() => backend.stop());

/** The worker starts anew, as it does after the browser stopped it. */
export async function wake(): Promise<void> {
  vi.stubGlobal('chrome', browser.chrome);
  vi.resetModules();
  await import('../src/background');
}

export const mail = (message: unknown) => browser.send(message, MAIL_TAB);
export const own = (message: unknown) => browser.send(message, OWN_PAGE);
export const advise = (change: object = {}) =>
  mail({ type: 'advise', request: { ...REQUEST, ...change } }) as Promise<Answer<Advice>>;
