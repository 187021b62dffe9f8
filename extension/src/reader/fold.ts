// Letters made comparable: Latin letters without accents, typographic signs as ASCII, the rest left alone.
import { textFile } from './lexicon_data';

/** Code points of a draft that are looked at; what stands behind is ignored. */
export const LONGEST = 65_536;

const PLACEHOLDER = '\ufffd';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const ASCII_ALONE = /^[\x00-\x7f]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const BEYOND_ASCII = /[^\x00-\x7f]/gu;

let table: Map<string, string> | undefined;

function letters(): Map<string, string> {
  if (!table) {
    const { from, to, many } = textFile.fold;
    table = new Map([...from].map((letter, at): [string, string] => [letter, to[at] ?? letter]));
    for (const [letter, text] of Object.entries(many)) table.set(letter, text);
  }
  return table;
}

/** Upper case is kept; characters outside the basic plane become one placeholder, control characters spaces. */
export function fold(text: string): string {
  return begin(text, LONGEST).replace(/\r\n?/g, '\n').replace(CONTROL, ' ').replace(BEYOND_ASCII, folded);
}

function folded(letter: string): string {
  const plain = letters().get(letter);
  if (plain !== undefined) return plain;
  return letter.length > 1 || /[\ud800-\udfff]/.test(letter) ? PLACEHOLDER : letter;
}

/** ASCII letters in lower case, the only ones the patterns know. */
export function lower(text: string): string {
  if (ASCII_ALONE.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
}

/** The first `count` code points, as Python counts them. */
export function begin(text: string, count: number): string {
  if (text.length <= count) return text;
  return [...text.slice(0, 2 * count)].slice(0, count).join('');
}
