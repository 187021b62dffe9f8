// Pair this browser, see what works and what does not, take devices back.
import { ask, button, make, part, say, translate } from '../own_page';
import type { Answer, Check, Device, PairingCode, PairingState, Status } from '../protocol';

const pairing = part('pairing');
let polling: ReturnType<typeof setTimeout> | undefined;

async function pair(): Promise<void> {
  const answer = await ask<Answer<PairingCode>>({ type: 'pair', name: deviceName() });
  if (!answer.ok) {
    pairing.textContent = say(`trouble_${answer.trouble}`);
    return;
  }
  showCode(answer.value);
  window.open(answer.value.verification_uri_complete, '_blank', 'noopener');
  pollAfter(answer.value.interval);
}

function deviceName(): string {
  const browser = navigator.userAgent.match(/(Firefox|Edg|Chrome)\//)?.[1] ?? 'Browser';
  return browser === 'Edg' ? 'Edge' : browser;
}

function showCode(code: PairingCode | null): void {
  part('code').hidden = !code;
  if (!code) return;
  part('user-code').textContent = code.user_code;
  part<HTMLAnchorElement>('verify').href = code.verification_uri_complete;
  pairing.textContent = say('pairing_pending');
}

function pollAfter(seconds: number): void {
  clearTimeout(polling);
  polling = setTimeout(poll, seconds * 1000);
}

async function poll(): Promise<void> {
  const { state, code } = await ask<{ state: PairingState; code: PairingCode | null }>({ type: 'pair-poll' });
  showCode(code);
  if (state === 'pending' && code) {
    pollAfter(code.interval);
    return;
  }
  await refresh();
  pairing.textContent = say(`pairing_${state}`);
}

async function refresh(): Promise<void> {
  const status = await ask<Status>({ type: 'status' });
  pairing.textContent = say(status.paired ? 'paired' : 'not_paired');
  part('unpair').hidden = !status.paired;
  await Promise.all([check(), devices()]);
}

async function check(): Promise<void> {
  const checks = await ask<Check[]>({ type: 'check' });
  const lines = checks.map(({ part: name, trouble, detail }) => {
    const more = detail && name === 'page' ? say('page_counts', detail) : detail;
    const text = `${say(`part_${name}`)}${more ? ` (${more})` : ''}: ${trouble ? say(`trouble_${trouble}`) : say('fine')}`;
    return make('li', text, trouble ? 'bad' : 'good');
  });
  part('checks').replaceChildren(...lines);
}

async function devices(): Promise<void> {
  const answer = await ask<Answer<Device[]>>({ type: 'devices' });
  const lines = (answer.ok ? answer.value : []).map(({ id, name }) => {
    const line = make('li', `${name} `);
    line.append(button(say('forget'), () => ask({ type: 'forget-device', id }).then(refresh)));
    return line;
  });
  part('devices').replaceChildren(...(lines.length ? lines : [make('li', say('no_devices'))]));
}

translate();
part('pair').addEventListener('click', () => void pair());
part('unpair').addEventListener('click', () => void ask({ type: 'unpair' }).then(refresh));
part('check').addEventListener('click', () => void check());
void refresh().then(resume);

/** A code asked for before this page was reloaded is still good. */
async function resume(): Promise<void> {
  const { state, code } = await ask<{ state: PairingState; code: PairingCode | null }>({ type: 'pair-poll' });
  if (state !== 'pending' || !code) return;
  showCode(code);
  pollAfter(code.interval);
}
