// Pairs this browser with the backend in the shapes of RFC 8628: a short code, approved by the person, polled for.
import { isObject } from './answers';
import { call, type Link } from './api';
import { recallOf, remember, set } from './memory';
import type { Answer, PairingCode, PairingState } from './protocol';

type Pairing = PairingCode & { device_code: string };

const SLOWER_S = 5;

/** Asks for a code. The device code itself stays in the worker's memory of this browser session. */
export async function startPairing(link: Link, name: string): Promise<Answer<PairingCode>> {
  const anonymous = { ...link, token: null };
  const reply = await call(anonymous, {
    method: 'POST',
    path: '/api/v1/device/code',
    body: { name },
    read: (json) => readCode(json, link.backend),
  });
  if (!reply.ok) return { ok: false, trouble: reply.trouble };
  await remember({ pairing: reply.value });
  return { ok: true, value: shown(reply.value) };
}

/** Asks once whether the code was approved; the page keeps the interval, which `slow_down` widens. */
export async function pollPairing(link: Link): Promise<{ state: PairingState; code: PairingCode | null }> {
  const pairing = await recallOf('pairing');
  if (!pairing || Date.now() > pairing.expires_at) return { state: 'expired', code: null };
  const anonymous = { ...link, token: null };
  const body = { device_code: pairing.device_code };
  const reply = await call(anonymous, { method: 'POST', path: '/api/v1/device/token', body, read: readToken });
  if (reply.ok) {
    await set({ token: reply.value });
    await chrome.storage.session.remove('pairing');
    await chrome.action.setBadgeText({ text: '' });
    return { state: 'paired', code: null };
  }
  const error = isObject(reply.json) ? reply.json.error : null;
  if (error === 'access_denied') return { state: 'denied', code: null };
  if (error === 'expired_token') return { state: 'expired', code: null };
  const interval = pairing.interval + (error === 'slow_down' ? SLOWER_S : 0);
  await remember({ pairing: { ...pairing, interval } });
  return { state: 'pending', code: shown({ ...pairing, interval }) };
}

/** Forgets the token here; the device list on the backend is where it is taken back for good. */
export async function endPairing(): Promise<true> {
  await chrome.storage.local.remove('token');
  await chrome.storage.session.clear();
  return true;
}

/** The address to open must be on the backend itself. */
function readCode(json: unknown, backend: string): Pairing | null {
  if (!isObject(json)) return null;
  const { device_code, user_code, verification_uri_complete, expires_in, interval } = json;
  if (typeof device_code !== 'string' || typeof user_code !== 'string' || typeof verification_uri_complete !== 'string')
    return null;
  const address = URL.canParse(verification_uri_complete, backend) ? new URL(verification_uri_complete, backend) : null;
  if (address?.origin !== backend) return null;
  return {
    device_code,
    user_code,
    verification_uri_complete: address.href,
    interval: typeof interval === 'number' && interval > 0 ? interval : SLOWER_S,
    expires_at: Date.now() + (typeof expires_in === 'number' ? expires_in : 300) * 1000,
  };
}

function readToken(json: unknown): string | null {
  return isObject(json) && typeof json.access_token === 'string' && json.access_token ? json.access_token : null;
}

function shown({ user_code, verification_uri_complete, interval, expires_at }: Pairing): PairingCode {
  return { user_code, verification_uri_complete, interval, expires_at };
}
