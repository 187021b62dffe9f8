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
const SHELF = Symbol.for('aftertouch.chunks');
const shelf = globalThis as unknown as Record<symbol, Partial<Chunks> | undefined>;

export function hand<K extends ChunkName>(name: K, part: Chunks[K]): void {
  shelf[SHELF] = { ...shelf[SHELF], [name]: part };
}

/** The part of this name, loaded by `load` unless it is there; null when it did not come. */
export async function chunk<K extends ChunkName>(
  name: K,
  load: (name: K) => Promise<unknown>,
): Promise<Chunks[K] | null> {
  if (!shelf[SHELF]?.[name]) await load(name);
  return shelf[SHELF]?.[name] ?? null;
}
