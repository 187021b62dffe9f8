// Finds which groups of phrases a text holds; the dialect phrases are written in: docs/lexicon.md.
import { Keys } from './keys';
import type { PhraseFile } from './lexicon_data';
import type { Opened } from './opened';
import { BREAK } from './sentences';

const NOT = 'not.';
/** Groups of which the places matter, sentence by sentence. */
const COUNTED = /^(?:annoyed|apologetic|ask|calm|claim|context|courtesy|restate|spoken_ask|target)(?:\.|$)/;

/** Groups of phrases with the numbers of the sentences they stand in. */
export type Places = Map<string, Set<number>>;

interface Phrase {
  group: string;
  source: string;
  pattern?: RegExp;
}

type Told = (string | number)[];

interface Entry {
  sure: string[];
  maybe: Phrase[];
  doubts: Phrase[];
}

/** Groups of phrases of one language, indexed so that a sentence is tried against few of them. */
export class PhraseBook {
  private readonly phrases: Phrase[];
  private readonly keys: Keys<Told>;
  private readonly entries = new Map<Told, Entry>();

  constructor(private readonly file: PhraseFile) {
    this.phrases = file.phrases.map(([group, source]) => ({ group, source }));
    this.keys = new Keys(file);
  }

  /** Only groups that stand somewhere; of those that nobody counts by sentence, one place is enough. */
  places(text: Opened): Places {
    const met = this.entriesOf(text.words);
    const doubts = new Map<number, Phrase[]>();
    for (const [number, entry] of met) {
      if (entry.doubts.length > 0) doubts.set(number, [...(doubts.get(number) ?? []), ...entry.doubts]);
    }
    const search = new Search(text.lines, doubts, this.file);
    for (const [number, entry] of met) {
      for (const phrase of entry.maybe) {
        if (search.wants(phrase.group, number) && search.stands(phrase, number)) search.place(phrase.group, number);
      }
      for (const group of entry.sure) if (search.wants(group, number)) search.place(group, number);
    }
    return search.places;
  }

  /** What the keys of the text tell, with the number of the sentence: words first, then neighbours, then beginnings. */
  private entriesOf(words: string[]): [number, Entry][] {
    const [byWord, byPair, byBeginning]: [number, Entry][][] = [[], [], []];
    let number = 0;
    const add = (found: [number, Entry][] | undefined, told: Told | undefined) =>
      told && found?.push([number, this.entry(told)]);
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? '';
      if (word === BREAK) number += 1;
      add(byWord, this.keys.ofWord(word));
      add(byPair, this.keys.ofPair(word, words[at + 1] ?? ''));
      add(byBeginning, this.keys.ofBeginning(word));
    }
    return [byWord, byPair, byBeginning].flatMap((found) => found ?? []);
  }

  private entry(told: Told): Entry {
    const known = this.entries.get(told);
    if (known) return known;
    const phrases = told.flatMap((each) => (typeof each === 'number' ? (this.phrases[each] ?? []) : []));
    const entry = {
      sure: told.filter((each) => typeof each === 'string'),
      maybe: phrases.filter((phrase) => !phrase.group.startsWith(NOT)),
      doubts: phrases.filter((phrase) => phrase.group.startsWith(NOT)),
    };
    this.entries.set(told, entry);
    return entry;
  }
}

/** What was found of one text so far; `settled` are groups that need no further place. */
class Search {
  readonly places: Places = new Map();
  private readonly settled = new Set<string>();

  constructor(
    private readonly lines: string[],
    private readonly doubts: Map<number, Phrase[]>,
    private readonly file: PhraseFile,
  ) {}

  wants(group: string, number: number): boolean {
    return !this.settled.has(group) && !this.places.get(group)?.has(number);
  }

  stands(phrase: Phrase, number: number): boolean {
    phrase.pattern ??= new RegExp(phrase.source);
    return phrase.pattern.test(this.lines[number] ?? '');
  }

  /** The group and what it brings along are each placed unless an exception stands in the sentence. */
  place(group: string, number: number): void {
    const told = [group, ...(this.file.told[group] ?? [])];
    const allowed = told.filter((name) => !this.isExcepted(name, number));
    for (const name of allowed) {
      const at = this.places.get(name);
      if (at) at.add(number);
      else this.places.set(name, new Set([number]));
    }
    if (allowed.length === told.length && !COUNTED.test(group)) this.settled.add(group);
  }

  private isExcepted(group: string, number: number): boolean {
    const doubts = this.doubts.get(number) ?? [];
    return doubts.some((doubt) => this.file.forbidden[doubt.group]?.includes(group) && this.stands(doubt, number));
  }
}
