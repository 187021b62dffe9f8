// Weighed words: what single words and pairs of them together tell of a draft.
// Whole tenths of log odds, learned by scripts/weigh-words, so that both readers add up to the same number.
import { BEGINNING } from './keys';
import { type WeightFile, weightFiles } from './lexicon_data';
import type { Opened } from './opened';

/** Words of a text that holds nothing but the begin and the end of a sentence. */
const MARKS_ALONE = 2;
/** Features below which a draft's odds shrink: a word alone tells little. */
const FEWEST = 12;
/** More than there are words in pairs; a pair is one number, and both fit into what V8 keeps without a box. */
const ROOM = 1 << 15;
const LABELS = 3;

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
  const table = known.get(language) ?? new Table(file);
  known.set(language, table);
  return table.odds(text.words);
}

/** What is told of words, of beginnings of four letters, of neighbours and of pairs with one word between: numbers of rows. */
class Table {
  private readonly weights: number[] = [];
  private readonly words: Map<string, number>;
  private readonly beginnings: Map<string, number>;
  private readonly numbers = new Map<string, number>();
  private readonly pairs: Map<number, number>;
  private readonly apart: Map<number, number>;
  private readonly met: Uint32Array;
  private turn = 0;

  constructor(private readonly file: WeightFile) {
    this.words = this.rows(file.words);
    this.beginnings = this.rows(file.beginnings);
    this.pairs = this.pairRows(file.pairs);
    this.apart = this.pairRows(file.apart);
    this.met = new Uint32Array(this.weights.length / LABELS);
  }

  /** Each row counts once. */
  odds(words: string[]): Odds {
    const sums = { annoyed: 0, addsValue: 0, empty: 0 };
    this.turn += 1;
    let count = 0;
    let one = 0;
    let two = 0;
    for (const word of words) {
      const number = this.numbers.get(word) ?? 0;
      count += this.add(this.words.get(word), sums);
      count += this.add(this.beginnings.get(word.slice(0, BEGINNING)), sums);
      if (number && one) count += this.add(this.pairs.get(one * ROOM + number), sums);
      if (number && two) count += this.add(this.apart.get(two * ROOM + number), sums);
      two = one;
      one = number;
    }
    const root = Math.sqrt(Math.max(FEWEST, count));
    const [annoyed = 0, addsValue = 0, empty = 0] = this.file.bias;
    return {
      annoyed: annoyed + sums.annoyed / root,
      addsValue: addsValue + sums.addsValue / root,
      empty: empty + sums.empty / root,
    };
  }

  /** How many rows were added: none if there is none, or if it was met before. */
  private add(row: number | undefined, sums: Odds): number {
    if (row === undefined || this.met[row] === this.turn) return 0;
    this.met[row] = this.turn;
    sums.annoyed += this.weights[LABELS * row] ?? 0;
    sums.addsValue += this.weights[LABELS * row + 1] ?? 0;
    sums.empty += this.weights[LABELS * row + 2] ?? 0;
    return 1;
  }

  private rows(told: Record<string, number[]>): Map<string, number> {
    return new Map(Object.entries(told).map(([word, row]): [string, number] => [word, this.row(row)]));
  }

  private pairRows(told: Record<string, Record<string, number[]>>): Map<number, number> {
    const rows = new Map<number, number>();
    for (const [word, behind] of Object.entries(told)) {
      const first = this.number(word) * ROOM;
      for (const [next, row] of Object.entries(behind)) rows.set(first + this.number(next), this.row(row));
    }
    return rows;
  }

  private row(weights: number[]): number {
    this.weights.push(...weights);
    return this.weights.length / LABELS - 1;
  }

  private number(word: string): number {
    const number = this.numbers.get(word) ?? this.numbers.size + 1;
    this.numbers.set(word, number);
    return number;
  }
}

const known = new Map<string, Table>();
