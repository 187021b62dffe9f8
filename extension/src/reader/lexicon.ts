// The phrases of one language for the person's own texts, ready to be looked up.
import { Anchors } from './anchors';
import { type PhraseFile, phraseFiles, textFile } from './lexicon_data';
import { PhraseBook } from './phrases';
import type { Sentence } from './sentences';

export class DraftLexicon {
  private readonly book: PhraseBook;
  private readonly rewrite: Map<string, string[]>;
  private readonly endings: [string, string[]][];

  constructor(file: PhraseFile) {
    this.book = new PhraseBook(file.groups, new Anchors(file.sets, new Set(textFile.common.split(' '))));
    this.rewrite = new Map(Object.entries(file.rewrite).map(([word, opened]) => [word, split(opened)]));
    this.endings = file.endings.map(([ending = '', rest = '']) => [ending, split(rest)]);
  }

  /** Its words with short forms opened, between "^" and "$", "qm" and "em" for question and exclamation marks. */
  wordsOf(sentence: Sentence): string[] {
    return ['^', ...this.opened(sentence.words), ...marks(sentence.raw), '$'];
  }

  /** Groups found in the opened words of a sentence, without those that a "not." group of it forbids. */
  groupsIn(words: string[]): Set<string> {
    const found = this.book.groupsIn(words);
    for (const group of [...found]) for (const implied of textFile.implies[group] ?? []) found.add(implied);
    const forbidden = [...found].filter((group) => group.startsWith('not.')).map((group) => group.slice(4));
    return new Set([...found].filter((group) => !forbidden.some((stem) => isBelow(group, stem))));
  }

  private opened(words: string[]): string[] {
    return words.flatMap((word) => this.rewrite.get(word) ?? (word.includes("'") ? this.byEnding(word) : word));
  }

  private byEnding(word: string): string[] {
    for (const [ending, rest] of this.endings) {
      if (word.endsWith(ending)) return [word.slice(0, -ending.length), ...rest];
    }
    return [word];
  }
}

function isBelow(group: string, stem: string): boolean {
  return group === stem || group.startsWith(`${stem}.`);
}

function split(words: string): string[] {
  return words === '' ? [] : words.split(' ');
}

/** How the sentence ends, as words: qm for a question mark, em for an exclamation mark. */
function marks(raw: string): string[] {
  const tail = raw.slice(-4);
  return [...(tail.includes('?') ? ['qm'] : []), ...(tail.includes('!') ? ['em'] : [])];
}

const lexicons = new Map<string, DraftLexicon>();

/** Built when first needed; undefined for a language without a file. */
export function draftLexicon(language: string): DraftLexicon | undefined {
  const file = phraseFiles[language];
  if (file && !lexicons.has(language)) lexicons.set(language, new DraftLexicon(file));
  return lexicons.get(language);
}
