// The phrases of one language for the person's own texts, ready to be looked up.
import { phraseFiles } from './lexicon_data';
import { Forms } from './opened';
import { PhraseBook } from './phrases';

export interface DraftLexicon {
  book: PhraseBook;
  forms: Forms;
}

const lexicons = new Map<string, DraftLexicon>();

/** Set up when first needed; undefined for a language without a file. */
export function draftLexicon(language: string): DraftLexicon | undefined {
  const file = phraseFiles[language];
  if (file && !lexicons.has(language)) {
    lexicons.set(language, { book: new PhraseBook(file), forms: new Forms(file.rewrite, file.endings) });
  }
  return lexicons.get(language);
}
