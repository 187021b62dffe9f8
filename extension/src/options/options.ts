// Pair this browser, see what works and what does not, take devices back.
import { ask, button, make, part, say, translate } from '../own_page';
import type { Answer, Check, Device, ListedRecipient, PairingCode, PairingState, Rule, Status } from '../protocol';

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
  await Promise.all([check(), devices(), mutes(), rules()]);
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

/** Everybody the banner is silent about; a press makes it speak again, another undoes that. */
async function mutes(): Promise<void> {
  const answer = await ask<Answer<ListedRecipient[]>>({ type: 'muted' });
  const lines = (answer.ok ? answer.value : []).map(({ id, address }) => muteLine(id, address, true));
  part('mutes').replaceChildren(...(lines.length ? lines : [make('li', say('no_devices'))]));
}

function muteLine(recipient: string, address: string, muted: boolean): HTMLElement {
  const line = make('li', `${address} `);
  const turn = async () => {
    const answer = await ask<Answer<true>>({ type: 'set-muted', recipient, muted: !muted });
    tell(answer);
    if (answer.ok) line.replaceWith(muteLine(recipient, address, !muted));
  };
  line.append(button(say(muted ? 'unmute' : 'undo'), turn));
  return line;
}

async function rules(): Promise<void> {
  const answer = await ask<Answer<Rule[]>>({ type: 'rules' });
  part('rules').replaceChildren(...(answer.ok ? answer.value : []).map(ruleLine));
}

function ruleLine({ id, title, on }: Rule): HTMLElement {
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: on });
  box.addEventListener('change', async () => {
    const answer = await ask<Answer<true>>({ type: 'switch-rule', id, on: box.checked });
    if (!answer.ok) box.checked = !box.checked;
    tell(answer);
  });
  const label = make('label', '');
  label.append(box, ` ${title}`);
  const line = make('li', '');
  line.append(label);
  return line;
}

function tell(answer: Answer<unknown>): void {
  part('said').textContent = answer.ok ? say('saved') : say('failed');
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
