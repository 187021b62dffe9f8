// The data both readers share: app/reading/lexicon, its phrases indexed by the build (build/lexicon.mjs).
import de from '../../../app/reading/lexicon/de.json';
import en from '../../../app/reading/lexicon/en.json';
import enSigns from '../../../app/reading/lexicon/en.signs.json';
import enTone from '../../../app/reading/lexicon/en.tone.json';
import enWeights from '../../../app/reading/lexicon/en.weights.json';
import es from '../../../app/reading/lexicon/es.json';
import text from '../../../app/reading/lexicon/text.json';

/** What single words, beginnings of four letters, and pairs of neighbours lead to; pairs by their first word. */
export interface Keyed<Told> {
  words: Record<string, Told>;
  beginnings: Record<string, Told>;
  pairs: Record<string, Record<string, Told>>;
}

/** The phrases of one language. Keys lead to groups that are there for sure and numbers of phrases that may be. */
export interface PhraseFile extends Keyed<(string | number)[]> {
  rewrite: Record<string, string>;
  endings: [string, string][];
  phrases: [group: string, pattern: string][];
  told: Record<string, string[]>;
  forbidden: Record<string, string[]>;
}

export const phraseFiles = { de, en, es } as unknown as Record<string, PhraseFile>;

/** Weights in the order of the labels of `bias`, each row with its features, a line each: "word", "begi*", "a b", "a _ b". */
export interface WeightFile {
  bias: Record<string, number>;
  rows: [weights: number[], features: string][];
}

export const weightFiles = { en: [enTone, enWeights, enSigns] } as unknown as Record<string, WeightFile[]>;

interface TextFile {
  fold: { from: string; to: string; many: Record<string, string> };
  cut: Record<string, string | string[]>;
  date_line: string;
  greeting: string;
  states: string;
  stated: string[];
  looks_back: string;
  sentence: Record<string, string>;
  languages: Record<string, string>;
  scripts: Record<string, string>;
  acronyms: string[];
  value_weights: Record<string, number>;
  asks: string[];
}

export const textFile: TextFile = text;
