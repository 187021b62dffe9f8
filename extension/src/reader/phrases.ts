// Tells which phrases may stand in a text; the dialect phrases are written in: docs/lexicon.md.
import { Keys } from './keys';
import type { PhraseFile } from './lexicon_data';
import type { Opened } from './opened';
import { BREAK } from './sentences';

/** One phrase of one group. Without a source its keys alone tell that it is there. */
export interface Phrase {
  group: string;
  source?: string;
  pattern?: RegExp;
}

/** A phrase of which a key is in the text, with the number of the sentence. */
export type Candidate = [number: number, phrase: Phrase];
export type Candidates = Map<string, Candidate[]>;

type Told = (string | number)[];

/** Groups of phrases of one language, indexed so that a sentence is tried against few of them. */
export class PhraseBook {
  private readonly phrases: Phrase[];
  private readonly keys: Keys<Told>;
  private readonly known = new Map<Told, Phrase[]>();

  constructor(readonly file: PhraseFile) {
    this.phrases = file.phrases.map(([group, source]) => ({ group, source }));
    this.keys = new Keys(file);
  }

  /** By group, the phrases that the keys of the text tell of. */
  candidates({ words }: Opened): Candidates {
    const found: Candidates = new Map();
    let number = 0;
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? '';
      if (word === BREAK) number += 1;
      this.add(found, number, this.keys.ofWord(word));
      this.add(found, number, this.keys.ofPair(word, words[at + 1] ?? ''));
      this.add(found, number, this.keys.ofBeginning(word));
    }
    return found;
  }

  private add(found: Candidates, number: number, told: Told | undefined): void {
    if (!told) return;
    for (const phrase of this.phrasesOf(told)) {
      const candidates = found.get(phrase.group);
      if (candidates) candidates.push([number, phrase]);
      else found.set(phrase.group, [[number, phrase]]);
    }
  }

  private phrasesOf(told: Told): Phrase[] {
    const known = this.known.get(told);
    if (known) return known;
    const phrases = told.map((each) => (typeof each === 'string' ? { group: each } : this.phrases[each]));
    const there = phrases.filter((phrase) => phrase !== undefined);
    this.known.set(told, there);
    return there;
  }
}

export function standsIn(phrase: Phrase, line: string): boolean {
  if (phrase.source === undefined) return true;
  phrase.pattern ??= new RegExp(phrase.source);
  return phrase.pattern.test(line);
}
