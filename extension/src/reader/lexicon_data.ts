// The data both readers share: app/reading/lexicon, bundled as it is.
import de from '../../../app/reading/lexicon/de.json';
import en from '../../../app/reading/lexicon/en.json';
import enWeights from '../../../app/reading/lexicon/en.weights.json';
import es from '../../../app/reading/lexicon/es.json';
import text from '../../../app/reading/lexicon/text.json';

export interface PhraseFile {
  rewrite: Record<string, string>;
  endings: string[][];
  sets: Record<string, string>;
  groups: Record<string, string[]>;
}

export const phraseFiles: Record<string, PhraseFile> = { en, de, es };

interface WeightFile {
  bias: number[];
  weights: Record<string, number[]>;
}

export const weightFiles: Record<string, WeightFile> = { en: enWeights };

interface TextFile {
  fold: { from: string; to: string; many: Record<string, string> };
  cut: Record<string, string>;
  greeting: string;
  sentence: Record<string, string>;
  languages: Record<string, string>;
  scripts: Record<string, string>;
  acronyms: string[];
  common: string;
  implies: Record<string, string[]>;
  value_weights: Record<string, number>;
  asks: string[];
}

export const textFile: TextFile = text;
