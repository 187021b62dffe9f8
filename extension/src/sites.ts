// The mail hosts as the person and the health of the page reading see them: switches, and counts without anybody's name.
import { MAIL_HOSTS } from './guard';
import { get, inTurn, set } from './memory';
import type { Health, Sample, Site } from './protocol';

const NOTHING: Health = {
  composes: 0,
  by_class: 0,
  by_shape: 0,
  recipients: 0,
  unresolved: 0,
  no_account: 0,
  thread: 0,
  blind: 0,
};

export async function sites(): Promise<Site[]> {
  const [off = [], health = {}] = await Promise.all([get('sitesOff'), get('health')]);
  return MAIL_HOSTS.map((host) => ({ host, on: !off.includes(host), health: health[host] ?? NOTHING }));
}

export function switchSite(host: string, on: boolean): Promise<Site[]> {
  return inTurn(async () => {
    const others = ((await get('sitesOff')) ?? []).filter((one) => one !== host);
    await set({ sitesOff: on ? others : [...others, host] });
    return sites();
  });
}

export function count(host: string, { by, account, thread, recipients, unresolved }: Sample): Promise<void> {
  return add(host, {
    composes: 1,
    by_class: Number(by === 'classes'),
    by_shape: Number(by === 'shape'),
    recipients,
    unresolved,
    no_account: Number(!account),
    thread: Number(thread),
  });
}

export function countBlind(host: string): Promise<void> {
  return add(host, { blind: 1 });
}

function add(host: string, more: Partial<Health>): Promise<void> {
  return inTurn(async () => {
    const kept = (await get('health')) ?? {};
    const sum = Object.entries({ ...NOTHING, ...kept[host] }).map(([name, value]) => [
      name,
      value + (more[name as keyof Health] ?? 0),
    ]);
    await set({ health: { ...kept, [host]: Object.fromEntries(sum) as Health } });
  });
}
