// Weighed words: what single words and pairs of them together tell of a draft.
// Whole tenths of log odds, learned by scripts/weigh-words, so that both readers add up to the same number.
import { Keys } from './keys';
import { type WeightFile, weightFiles } from './lexicon_data';
import type { Opened } from './opened';

/** Words of a text that holds nothing but the begin and the end of a sentence. */
const MARKS_ALONE = 2;
/** Features below which a draft's odds shrink: a word alone tells little. */
const FEWEST = 12;

/** Above 0 where a draft is held to be annoyed, to add value, to be empty; in tenths of log odds. */
export interface Odds {
  annoyed: number;
  addsValue: number;
  empty: number;
}

/** Undefined for a language without weights, no odds for a text without words. A sum is divided by the root of how many features the weights know, or of FEWEST. */
export function oddsOf(text: Opened, language: string): Odds | undefined {
  const file = weightFiles[language];
  if (!file) return undefined;
  if (text.words.length <= MARKS_ALONE) return { annoyed: 0, addsValue: 0, empty: 0 };
  const rows = rowsOf(text.words, known.get(language) ?? keysOf(language, file));
  const root = Math.sqrt(Math.max(FEWEST, rows.size));
  const sums = [0, 0, 0];
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 1) sums[at] = (sums[at] ?? 0) + (row[at] ?? 0);
  }
  const [annoyed = 0, addsValue = 0, empty = 0] = file.bias.map((start, at) => start + (sums[at] ?? 0) / root);
  return { annoyed, addsValue, empty };
}

/** Of words, their beginnings of four letters, pairs of neighbours and pairs with one word between, each once. */
function rowsOf(words: string[], { near, apart }: WeightKeys): Set<number[]> {
  const rows = new Set<number[]>();
  const add = (row: number[] | undefined) => row && rows.add(row);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    add(near.ofWord(word));
    add(near.ofBeginning(word));
    add(near.ofPair(word, words[at + 1] ?? ''));
    add(apart.ofPair(word, words[at + 2] ?? ''));
  }
  return rows;
}

interface WeightKeys {
  near: Keys<number[]>;
  apart: Keys<number[]>;
}

const known = new Map<string, WeightKeys>();

function keysOf(language: string, file: WeightFile): WeightKeys {
  const keys = { near: new Keys(file), apart: new Keys({ words: {}, beginnings: {}, pairs: file.apart }) };
  known.set(language, keys);
  return keys;
}
