// The parts of the content script that are loaded when they are first needed: the worker puts them into the page's frame.
import type { createBanner } from './banner';
import type { genericComposes } from './hosts/generic';
import type { readDraft } from './reader/index';

/**
 * What each file hands over: `banner` once a compose is there, `reader` (with its lexicon) once somebody writes, `shape`
 * (the last rung) once there is an editor that the host's own rungs do not know.
 */
export interface Chunks {
  banner: typeof createBanner;
  reader: typeof readDraft;
  shape: typeof genericComposes;
}

export type ChunkName = keyof Chunks;

/** A symbol, for an element of the page may bear any name. The page itself does not see this world. */
const HATCH = Symbol.for('aftertouch.chunks');
type Take = <K extends ChunkName>(name: K, part: Chunks[K] | null) => void;
const world = globalThis as unknown as Record<symbol, Take | undefined>;

export function hand<K extends ChunkName>(name: K, part: Chunks[K]): void {
  world[HATCH]?.(name, part);
}

/** Fetches parts: `load` has one put into the page, which hands itself over as it comes; null when it did not. */
export function fetcher(
  load: (name: ChunkName) => Promise<unknown>,
): <K extends ChunkName>(name: K) => Promise<Chunks[K] | null> {
  const waiting: { [K in ChunkName]?: (part: never) => void } = {};
  world[HATCH] = (name, part) => waiting[name]?.(part as never);
  return (name) =>
    new Promise((resolve) => {
      waiting[name] = resolve;
      void load(name).then(() => resolve(null));
    });
}
