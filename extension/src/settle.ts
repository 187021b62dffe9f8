// Keeps a report steady while the page rebuilds itself: gains count at once, losses only once they have lasted.
import { everybody } from './addresses';
import type { ComposeReport, PageReading } from './protocol';

/** Pages rebuild a recipients' line or a whole form within this time (Outlook replaces its wells on every commit). */
export const LOSS_LASTS_MS = 250;

/** Settles one reading after another; `now` in milliseconds of any steady clock. `pending` says a loss waits to be confirmed. */
export function createSettler(): (reading: PageReading, now: number) => { report: PageReading; pending: boolean } {
  let last: PageReading | null = null;
  const since = new Map<string, number>();

  const lasted = (what: string, now: number): boolean => {
    if (!since.has(what)) since.set(what, now);
    return now - (since.get(what) ?? now) >= LOSS_LASTS_MS;
  };
  const choose = (before: ComposeReport, after: ComposeReport | undefined, now: number): ComposeReport | undefined => {
    if (after && !loses(before, after)) {
      since.delete(before.key);
      return after;
    }
    if (!lasted(before.key, now)) return before;
    since.delete(before.key);
    return after;
  };

  return (reading, now) => {
    const before = last?.composes ?? [];
    const kept = before.flatMap(
      (old) =>
        choose(
          old,
          reading.composes.find(({ key }) => key === old.key),
          now,
        ) ?? [],
    );
    const order = new Map(reading.composes.map(({ key }, index) => [key, index]));
    const added = reading.composes.filter(({ key }) => !before.some((old) => old.key === key));
    const composes = [...kept, ...added].sort((a, b) => (order.get(a.key) ?? -1) - (order.get(b.key) ?? -1));
    last = { ...reading, account: account(last, reading, now), composes };
    return { report: last, pending: since.size > 0 };
  };

  function account(old: PageReading | null, reading: PageReading, now: number): string | null {
    if (reading.account || !old?.account || lasted('', now)) {
      since.delete('');
      return reading.account;
    }
    return old.account;
  }
}

function loses(before: ComposeReport, after: ComposeReport): boolean {
  const now = new Set(everybody(after));
  const missing = everybody(before).some((address) => !now.has(address));
  return missing || (before.visible && !after.visible) || (!!before.provider_thread_id && !after.provider_thread_id);
}
