// Looks up what the words of a text lead to, without making a text of every pair.
import type { Keyed } from './lexicon_data';

export const BEGINNING = 4;

export class Keys<Told> {
  private readonly words: Map<string, Told>;
  private readonly beginnings: Map<string, Told>;
  private readonly pairs: Map<string, Map<string, Told>>;

  constructor({ words, beginnings, pairs }: Keyed<Told>) {
    this.words = new Map(Object.entries(words));
    this.beginnings = new Map(Object.entries(beginnings));
    this.pairs = new Map(Object.entries(pairs).map(([word, behind]) => [word, new Map(Object.entries(behind))]));
  }

  ofWord(word: string): Told | undefined {
    return this.words.get(word);
  }

  ofBeginning(word: string): Told | undefined {
    return this.beginnings.size > 0 ? this.beginnings.get(word.slice(0, BEGINNING)) : undefined;
  }

  ofPair(word: string, next: string): Told | undefined {
    return this.pairs.get(word)?.get(next);
  }
}
