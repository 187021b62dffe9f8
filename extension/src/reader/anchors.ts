// Which words a phrase cannot do without: they decide cheaply that a sentence need not be tried against it.
// A key is a whole word, four letters and "*" for words that begin so, or "#" for anything that begins like a number
// (as all patterned sets do). Only speed hangs on the choice of keys.

export type Keys = readonly string[];

const BEGINNING = 4;
const NUMBER = '#';
const DIGIT = /^[0-9$#]/;
const COMMON_COST = 50;
const COSTS = new Map([
  ['^', 200],
  ['$', 200],
  [NUMBER, 40],
]);

/** The keys a sentence with these words has. */
export function keysOf(words: string[]): Set<string> {
  const keys = new Set(words);
  for (const word of words) {
    if (word !== '$') keys.add(DIGIT.test(word) ? NUMBER : `${word.slice(0, BEGINNING)}*`);
  }
  return keys;
}

/** Finds the keys of phrases; `sets` are those of the lexicon, `common` words that stand nearly everywhere. */
export class Anchors {
  private readonly known = new Map<string, Keys>();

  constructor(
    readonly sets: Record<string, string>,
    private readonly common: Set<string>,
  ) {}

  /** The lists of keys every match has a member of, the rarest first; `parts` is a phrase in pieces. */
  required(parts: string[]): Keys[] {
    const priced = this.elements(parts).map((keys): [number, Keys] => [this.cost(keys), keys]);
    return priced.sort((a, b) => a[0] - b[0]).map(([, keys]) => keys);
  }

  private cost(keys: Keys): number {
    let sum = 0;
    for (const key of keys) sum += COSTS.get(key) ?? (this.common.has(key) ? COMMON_COST : 1);
    return sum;
  }

  /** One list for each piece at the top level that is not optional and of which something fixed is known. */
  private elements(parts: string[]): Keys[] {
    const found: Keys[] = [];
    for (let at = 0; at < parts.length; at += 1) {
      const part = parts[at] ?? '';
      const start = at;
      if (part === '(') at = closing(parts, at);
      if (parts[at + 1] === '?') {
        at += 1;
        continue;
      }
      const keys = at > start ? this.ofGroup(parts.slice(start + 1, at)) : this.ofWord(part);
      if (keys.length > 0) found.push(keys);
    }
    return found;
  }

  /** One list for all alternatives: the rarest of each; empty if one of them has none. */
  private ofGroup(inside: string[]): Keys {
    const keys: string[] = [];
    for (const alternative of alternatives(inside)) {
      const rarest = alternative.length === 1 ? this.ofWord(alternative[0] ?? '') : this.required(alternative)[0];
      if (!rarest?.length) return [];
      keys.push(...rarest);
    }
    return keys;
  }

  private ofWord(part: string): Keys {
    const keys = this.known.get(part) ?? keysOfPart(part, this.sets);
    this.known.set(part, keys);
    return keys;
  }
}

function keysOfPart(part: string, sets: Record<string, string>): Keys {
  if (part.startsWith('_')) return [];
  const choices = part.startsWith('<') ? (sets[part.slice(1, -1)] ?? '') : part;
  const keys = choices.startsWith('/') ? [NUMBER] : choices.split('|').map(keyOf);
  return keys.includes('') ? [] : keys;
}

function alternatives(inside: string[]): string[][] {
  const found: string[][] = [[]];
  let depth = 0;
  for (const part of inside) {
    depth += Number(part === '(') - Number(part === ')');
    if (part === '|' && depth === 0) found.push([]);
    else found.at(-1)?.push(part);
  }
  return found;
}

function keyOf(word: string): string {
  const star = word.indexOf('*');
  if (star < 0) return word;
  return star >= BEGINNING ? `${word.slice(0, BEGINNING)}*` : '';
}

function closing(parts: string[], start: number): number {
  let depth = 0;
  for (let at = start; at < parts.length; at += 1) {
    depth += Number(parts[at] === '(') - Number(parts[at] === ')');
    if (depth === 0) return at;
  }
  return parts.length - 1;
}
