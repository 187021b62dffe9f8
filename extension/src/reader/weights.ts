// Weighed words: what single words and word pairs tell of a draft where no phrase of the lexicon speaks.
// Whole hundredths of log odds, learned by scripts/weigh-words, so that both readers add up to the same number.
import type { Found } from './findings';
import { weightFiles } from './lexicon_data';

const BEGINNING = 4;
const NUMBER = /^[0-9$#]/;

/** Hundredths of log odds that a draft is annoyed, adds value, is empty; 0 where nothing is known. */
export interface Odds {
  annoyed: number;
  addsValue: number;
  empty: number;
}

/** 0 throughout for a language without weights. */
export function oddsOf(found: Found[], language: string): Odds {
  const sums = [...(weightFiles[language]?.bias ?? [0, 0, 0])];
  for (const name of weightFiles[language] ? featuresOf(found) : []) {
    for (const [at, weight] of (known(language).get(name) ?? []).entries()) sums[at] = (sums[at] ?? 0) + weight;
  }
  const [annoyed = 0, addsValue = 0, empty = 0] = sums;
  return { annoyed, addsValue, empty };
}

/** Words, their beginnings of four letters and "*", pairs of neighbours; every number is "#". */
function featuresOf(found: Found[]): Set<string> {
  const features = new Set<string>();
  for (const { words } of found) {
    let before: string | undefined;
    for (const word of words) {
      const plain = word !== '$' && NUMBER.test(word) ? '#' : word;
      features.add(plain);
      if (plain.length > BEGINNING) features.add(`${plain.slice(0, BEGINNING)}*`);
      if (before !== undefined) features.add(`${before} ${plain}`);
      before = plain;
    }
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
