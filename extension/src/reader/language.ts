// Tells the language of a text from its script or its commonest words.
import { textFile } from './lexicon_data';

const LOOKED_AT = 100;
const LEAST_HITS = 2;
const EDGED = /^[.,;:!?"'()]|[.,;:!?"'()]$/;
const AROUND = /^[.,;:!?"'()]+|[.,;:!?"'()]+$/g;

/** ISO 639-1 code, null when unsure. `text` is folded, `chunks` are those of it. */
export function languageOf(text: string, chunks: string[]): string | null {
  const script = scriptOf(text);
  if (script) return script;
  const counts = new Map<string, number>();
  for (const chunk of chunks.slice(0, LOOKED_AT)) {
    for (const code of byWord().get(EDGED.test(chunk) ? chunk.replace(AROUND, '') : chunk) ?? [])
      counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!first || first[1] < LEAST_HITS) return null;
  return !second || first[1] > second[1] ? first[0] : null;
}

/** The language of the script most letters are in, if that is not Latin. */
function scriptOf(text: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return null;
  const counts = new Map<string, number>();
  for (const [code, letters] of Object.entries(textFile.scripts)) counts.set(code, count(text, `[${letters}]`));
  const kana = counts.get('ja') ?? 0;
  if (kana) counts.set('ja', kana + (counts.get('zh') ?? 0));
  let best: [string, number] = ['', -1];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best[1] > count(text, '[a-zA-Z]') ? best[0] : null;
}

function count(text: string, letters: string): number {
  return text.match(new RegExp(letters, 'g'))?.length ?? 0;
}

let languages: Map<string, string[]> | undefined;

function byWord(): Map<string, string[]> {
  if (!languages) {
    languages = new Map();
    for (const [code, common] of Object.entries(textFile.languages)) {
      for (const word of common.split(' ')) languages.set(word, [...(languages.get(word) ?? []), code]);
    }
  }
  return languages;
}
