// Weighed words: what single words and pairs of them together tell of a draft.
// Whole tenths of log odds, learned by scripts/weigh-words and weigh-signs, so that both readers add up to the same number.
import { BEGINNING } from './keys';
import { type WeightFile, weightFiles } from './lexicon_data';
import type { Opened } from './opened';

/** Words of a text that holds nothing but the begin and the end of a sentence. */
const MARKS_ALONE = 2;
/** Features below which a draft's odds shrink: a word alone tells little. */
const FEWEST = 12;
/** More than there are words in pairs; a pair is one number, and both fit into what V8 keeps without a box. */
const ROOM = 1 << 15;

/** Tenths of log odds by label: above 0 where a draft is held to be annoyed, to add value, to be empty, a thank-you … */
export type Odds = Record<string, number>;

/** Undefined for a language without weights, and empty for a text without words. */
export function oddsOf(text: Opened, language: string): Odds | undefined {
  const files = weightFiles[language];
  if (!files) return undefined;
  if (text.words.length <= MARKS_ALONE) return {};
  const table = known.get(language) ?? new Table(files);
  known.set(language, table);
  return table.odds(text.words);
}

/**
 * What is told of words, of beginnings of four letters, of neighbours and of pairs with one word between: numbers of rows.
 * A row has of each file a count of one, if the file knows it, and the weight of each label.
 */
class Table {
  private readonly width: number;
  private readonly weights: number[] = [];
  private readonly words = new Map<string, number>();
  private readonly beginnings = new Map<string, number>();
  private readonly numbers = new Map<string, number>();
  private readonly pairs = new Map<number, number>();
  private readonly apart = new Map<number, number>();
  private readonly sums: Int32Array;
  private readonly met: Uint32Array;
  private turn = 0;

  constructor(private readonly files: WeightFile[]) {
    this.width = files.reduce((width, { bias }) => width + 1 + Object.keys(bias).length, 0);
    this.sums = new Int32Array(this.width);
    let place = 0;
    for (const { bias, rows } of files) {
      for (const [weights, features] of rows) {
        for (const feature of features.split('\n')) this.put(this.row(feature), place, weights);
      }
      place += 1 + Object.keys(bias).length;
    }
    this.met = new Uint32Array(this.weights.length / this.width);
  }

  /** Each row counts once. A sum is divided by the root of how many rows its file knows, or of FEWEST. */
  odds(words: string[]): Odds {
    this.sums.fill(0);
    this.turn += 1;
    let one = 0;
    let two = 0;
    for (const word of words) {
      const number = this.numbers.get(word) ?? 0;
      this.add(this.words.get(word));
      this.add(this.beginnings.get(word.slice(0, BEGINNING)));
      if (number && one) this.add(this.pairs.get(one * ROOM + number));
      if (number && two) this.add(this.apart.get(two * ROOM + number));
      two = one;
      one = number;
    }
    return this.told();
  }

  private told(): Odds {
    const odds: Odds = {};
    let place = 0;
    for (const { bias } of this.files) {
      const root = Math.sqrt(Math.max(FEWEST, this.sums[place] ?? 0));
      for (const [label, start] of Object.entries(bias)) {
        place += 1;
        odds[label] = start + (this.sums[place] ?? 0) / root;
      }
      place += 1;
    }
    return odds;
  }

  /** Adds a row up, if there is one and it was not met before. */
  private add(row: number | undefined): void {
    if (row === undefined || this.met[row] === this.turn) return;
    this.met[row] = this.turn;
    const { sums, weights, width } = this;
    const begin = width * row;
    for (let at = 0; at < width; at += 1) sums[at] = (sums[at] ?? 0) + (weights[begin + at] ?? 0);
  }

  private put(row: number, place: number, weights: number[]): void {
    const begin = this.width * row + place;
    this.weights[begin] = 1;
    for (const [at, weight] of weights.entries()) this.weights[begin + 1 + at] = weight;
  }

  /** The number of a feature's row, a new one where there was none. */
  private row(feature: string): number {
    const [one = '', other, last] = feature.split(' ');
    if (other !== undefined) {
      return this.rowOf(
        last === undefined ? this.pairs : this.apart,
        this.number(one) * ROOM + this.number(last ?? other),
      );
    }
    return feature.endsWith('*') ? this.rowOf(this.beginnings, feature.slice(0, -1)) : this.rowOf(this.words, feature);
  }

  private rowOf<Key>(rows: Map<Key, number>, key: Key): number {
    const row = rows.get(key) ?? this.weights.length / this.width;
    if (rows.has(key)) return row;
    rows.set(key, row);
    for (let at = 0; at < this.width; at += 1) this.weights.push(0);
    return row;
  }

  private number(word: string): number {
    const number = this.numbers.get(word) ?? this.numbers.size + 1;
    this.numbers.set(word, number);
    return number;
  }
}

const known = new Map<string, Table>();
