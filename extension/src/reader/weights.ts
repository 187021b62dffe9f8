// Weighed words: what single words and pairs of them together tell of a draft.
// Whole tenths of log odds, learned by scripts/weigh-words and weigh-signs, so that both readers add up to the same number.
import { BEGINNING } from './keys';
import { signFiles, type WeightFile, weightFiles } from './lexicon_data';
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
  const files = [weightFiles[language], signFiles[language]].filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  if (text.words.length <= MARKS_ALONE) return {};
  const tables = known.get(language) ?? files.map((file) => new Table(file));
  known.set(language, tables);
  return Object.assign({}, ...tables.map((table) => table.odds(text.words)));
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

  private readonly sums: Float64Array;

  constructor(private readonly file: WeightFile) {
    this.sums = new Float64Array(Object.keys(file.bias).length);
    this.words = this.rows(file.words);
    this.beginnings = this.rows(file.beginnings);
    this.pairs = this.pairRows(file.pairs);
    this.apart = this.pairRows(file.apart);
    this.met = new Uint32Array(this.weights.length / this.sums.length);
  }

  /** Each row counts once. A sum is divided by the root of how many rows there are, or of FEWEST. */
  odds(words: string[]): Odds {
    this.sums.fill(0);
    this.turn += 1;
    let count = 0;
    let one = 0;
    let two = 0;
    for (const word of words) {
      const number = this.numbers.get(word) ?? 0;
      count += this.add(this.words.get(word));
      count += this.add(this.beginnings.get(word.slice(0, BEGINNING)));
      if (number && one) count += this.add(this.pairs.get(one * ROOM + number));
      if (number && two) count += this.add(this.apart.get(two * ROOM + number));
      two = one;
      one = number;
    }
    const root = Math.sqrt(Math.max(FEWEST, count));
    const told = Object.entries(this.file.bias).map(([label, start], at) => [
      label,
      start + (this.sums[at] ?? 0) / root,
    ]);
    return Object.fromEntries(told);
  }

  /** How many rows were added: none if there is none, or if it was met before. */
  private add(row: number | undefined): number {
    if (row === undefined || this.met[row] === this.turn) return 0;
    this.met[row] = this.turn;
    const { sums } = this;
    const begin = sums.length * row;
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (this.weights[begin + at] ?? 0);
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
    return this.weights.length / this.sums.length - 1;
  }

  private number(word: string): number {
    const number = this.numbers.get(word) ?? this.numbers.size + 1;
    this.numbers.set(word, number);
    return number;
  }
}

const known = new Map<string, Table[]>();
