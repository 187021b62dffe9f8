// Pair this browser, see what works and what does not, take devices back.
import { ask, button, make, part, say, translate } from '../own_page';
import type {
  Answer,
  Check,
  Device,
  ListedRecipient,
  PairingCode,
  PairingState,
  Rule,
  Site,
  Status,
} from '../protocol';

/** Lists that a browser without pairing may not see. */
const KEPT_BY_THE_BACKEND = ['devices', 'mutes', 'rules'];
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
  part<HTMLAnchorElement>('all-devices').href = `${status.backend}/devices`;
  for (const list of KEPT_BY_THE_BACKEND) part(list).parentElement?.toggleAttribute('hidden', !status.paired);
  await Promise.all([check(), devices(), sites(), mutes(), rules()]);
}

async function check(): Promise<void> {
  const checks = await ask<Check[]>({ type: 'check' });
  const lines = checks.map(({ part: name, trouble, detail }) => {
    const text = `${say(`part_${name}`)}${detail ? ` (${detail})` : ''}: ${trouble ? say(`trouble_${trouble}`) : say('fine')}`;
    return make('li', text, trouble ? 'bad' : 'good');
  });
  part('checks').replaceChildren(...lines);
}

/** As many as this browser may see, which is itself; the others are on the backend's own page. */
async function devices(): Promise<void> {
  const answer = await ask<Answer<Device[]>>({ type: 'devices' });
  fill('devices', answer, deviceLine);
}

/** One line for each; a word where there is none, and the reason where that is not known. */
function fill<T>(list: string, answer: Answer<T[]>, line: (one: T) => HTMLElement): void {
  const lines = answer.ok ? answer.value.map(line) : [make('li', say(`trouble_${answer.trouble}`))];
  part(list).replaceChildren(...(lines.length ? lines : [make('li', say('none'))]));
}

function deviceLine({ id, name, itself, last_used_at }: Device): HTMLElement {
  const used = last_used_at && say('last_used', new Date(last_used_at).toLocaleDateString());
  const about = [itself ? say('this_browser') : '', used].filter(Boolean).join(', ');
  const line = make('li', `${name}${about ? ` (${about})` : ''} `);
  line.append(button(say('forget'), () => takeBack(id, itself)));
  return line;
}

/** A token that was taken back is worth nothing here either. */
async function takeBack(id: string, itself: boolean): Promise<void> {
  const { ok } = await ask<Answer<true>>({ type: 'forget-device', id });
  if (ok && itself) return unpair();
  tell(ok);
  await refresh();
}

async function unpair(): Promise<void> {
  await ask({ type: 'unpair' });
  await refresh();
  part('pair').focus();
}

/** Everybody the banner is silent about; a press makes it speak again, another undoes that. */
async function mutes(): Promise<void> {
  const answer = await ask<Answer<ListedRecipient[]>>({ type: 'muted' });
  fill('mutes', answer, ({ id, address }) => muteLine(id, address, true));
}

function muteLine(recipient: string, address: string, muted: boolean): HTMLElement {
  const line = make('li', `${address} `);
  const turn = async () => {
    const { ok } = await ask<Answer<true>>({ type: 'set-muted', recipient, muted: !muted });
    tell(ok);
    if (!ok) return;
    const turned = muteLine(recipient, address, !muted);
    line.replaceWith(turned);
    turned.querySelector('button')?.focus();
  };
  line.append(button(say(muted ? 'unmute' : 'undo'), turn));
  return line;
}

/** Where the banner may speak, and how well the pages there could be read. */
async function sites(): Promise<void> {
  part('sites').replaceChildren(...(await ask<Site[]>({ type: 'sites' })).map(siteLine));
}

function siteLine({ host, on, health }: Site): HTMLElement {
  const { composes, recipients, unresolved, by_class, by_shape, no_account, blind } = health;
  const counts = [composes, recipients, unresolved, by_class, by_shape, no_account, blind];
  const line = make('li', '');
  line.append(switchOf(host, on, (now) => ask<Site[]>({ type: 'switch-site', host, on: now }).then(() => true)));
  if (counts.some(Boolean)) line.append(make('small', say('site_counts', counts.join(' / '))));
  return line;
}

/** A box with a label; it turns back when what it switches could not be saved. */
function switchOf(title: string, on: boolean, save: (on: boolean) => Promise<boolean>): HTMLElement {
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: on });
  box.addEventListener('change', async () => {
    const saved = await save(box.checked);
    if (!saved) box.checked = !box.checked;
    tell(saved);
  });
  const label = make('label', '');
  label.append(box, ` ${title}`);
  return label;
}

async function rules(): Promise<void> {
  const answer = await ask<Answer<Rule[]>>({ type: 'rules' });
  fill('rules', answer, ruleLine);
}

function ruleLine({ id, title, on }: Rule): HTMLElement {
  const line = make('li', '');
  line.append(
    switchOf(title, on, (now) => ask<Answer<true>>({ type: 'switch-rule', id, on: now }).then(({ ok }) => ok)),
  );
  return line;
}

function tell(saved: boolean): void {
  part('said').textContent = say(saved ? 'saved' : 'failed');
}

translate();
part('pair').addEventListener('click', () => void pair());
part('unpair').addEventListener('click', () => void unpair());
part('check').addEventListener('click', () => void check());
void refresh().then(resume);

/** A code asked for before this page was reloaded is still good. */
async function resume(): Promise<void> {
  const { state, code } = await ask<{ state: PairingState; code: PairingCode | null }>({ type: 'pair-poll' });
  if (state !== 'pending' || !code) return;
  showCode(code);
  pollAfter(code.interval);
}
