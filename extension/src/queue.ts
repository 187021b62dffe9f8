// Calls logged while the backend is away: kept on disk, sent once, in order.
import type { Reply } from './api';
import { get, inTurn, type Queued, recallOf, remember, set } from './memory';
import type { TouchRequest } from './protocol';

const SAME_CALL_MS = 10_000;
const LIMIT = 200;

export type Send = (queued: Queued) => Promise<Reply<unknown>>;

/** Puts a call into the queue; a second click on the same outcome within ten seconds is the same call. */
export function enqueue(touch: TouchRequest, id: string): Promise<void> {
  return inTurn(async () => {
    const queue = (await get('queue')) ?? [];
    const last = await recallOf('lastLogged');
    if ([...queue.map((queued) => queued.touch), ...(last ? [last] : [])].some((one) => isSame(one, touch))) return;
    await remember({ lastLogged: touch });
    await set({ queue: [...queue, { id, touch, refused: null }].slice(-LIMIT) });
  });
}

function isSame(one: TouchRequest, other: TouchRequest): boolean {
  const apart = Math.abs(Date.parse(one.at) - Date.parse(other.at));
  return one.recipient === other.recipient && one.outcome === other.outcome && apart < SAME_CALL_MS;
}

/** Sends what waits, stops at the first that cannot be sent now, sets aside what the backend refuses for good. */
export function flush(send: Send): Promise<void> {
  return inTurn(async () => {
    for (const queued of ((await get('queue')) ?? []).filter(({ refused }) => !refused)) {
      const reply = await send(queued);
      if (!reply.ok && isForLater(reply.status)) break;
      await settle(queued, reply.ok ? null : `${reply.status}`);
    }
  });
}

function isForLater(status: number): boolean {
  return status === 0 || status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
}

async function settle(queued: Queued, refused: string | null): Promise<void> {
  const rest = ((await get('queue')) ?? []).filter(({ id }) => id !== queued.id);
  await set({ queue: refused ? [...rest, { ...queued, refused }] : rest });
}
