// Weighed words: what single words and pairs of neighbours together tell of a draft.
// Whole hundredths of log odds, learned by scripts/weigh-words, so that both readers add up to the same number.
import { weightFiles } from './lexicon_data';
import type { Opened } from './opened';

const BEGINNING = 4;
/** Words of a text that holds nothing but the begin and the end of a sentence. */
const MARKS_ALONE = 2;

/** Above 0 where a draft is held to be annoyed, to add value, to be empty; in hundredths of log odds. */
export interface Odds {
  annoyed: number;
  addsValue: number;
  empty: number;
}

/** Undefined for a language without weights, no odds for a text without words. A sum is divided by the root of how many features the weights know. */
export function oddsOf(text: Opened, language: string): Odds | undefined {
  const file = weightFiles[language];
  if (!file) return undefined;
  if (text.words.length <= MARKS_ALONE) return { annoyed: 0, addsValue: 0, empty: 0 };
  const rows = known(language);
  const sums = [0, 0, 0];
  let met = 0;
  for (const feature of featuresOf(text)) {
    const row = rows.get(feature);
    if (!row) continue;
    met += 1;
    for (let at = 0; at < row.length; at += 1) sums[at] = (sums[at] ?? 0) + (row[at] ?? 0);
  }
  const root = Math.sqrt(Math.max(1, met));
  const [annoyed = 0, addsValue = 0, empty = 0] = file.bias.map((start, at) => start + (sums[at] ?? 0) / root);
  return { annoyed, addsValue, empty };
}

/** Words, their beginnings of four letters and "*", pairs of neighbours; every number is "#". */
function featuresOf({ words }: Opened): Set<string> {
  const features = new Set<string>();
  let before = '';
  for (const word of words) {
    features.add(word);
    if (word.length >= BEGINNING) features.add(`${word.slice(0, BEGINNING)}*`);
    if (before !== '') features.add(`${before} ${word}`);
    before = word;
  }
  return features;
}

const maps = new Map<string, Map<string, number[]>>();

function known(language: string): Map<string, number[]> {
  let map = maps.get(language);
  if (!map) {
    map = new Map(Object.entries(weightFiles[language]?.weights ?? {}));
    maps.set(language, map);
  }
  return map;
}
