// The reader without its data: the data comes from the worker when somebody writes, and only then is the reader set up.
import type { readDraft } from './reader/index';

export type Reader = typeof readDraft;

/** The files of the shared lexicon by name; the build puts them into lexicon.json. */
export type Lexicon = Record<string, unknown>;

let given: Lexicon = {};

/** What the build puts in place of a lexicon file. */
export function part(name: string): unknown {
  return given[name];
}

/** The reader's modules are evaluated by this import, after their data has come. */
export async function readerWith(lexicon: Lexicon): Promise<Reader> {
  given = lexicon;
  return (await import('./reader/index')).readDraft;
}
