// A text with its short forms opened, in the shape phrases and weights are looked up in.
import { BREAK, endsSentence, pattern, SHOUT } from './sentences';

const BEGIN = '^';
const END = '~';
export const NUMBER = '#';
const URGE = '^urge';
const MARKS = new Set(['', BEGIN, END, BREAK, SHOUT, URGE, 'qm', 'em']);
const LONGEST = 60;
const LEAST_LETTERS = 2;
const MOST_FORMS = 20_000;
const LONGEST_KEPT = 24;

/**
 * Each of `lines` is the words of one sentence with one space around every word; `words` those of all lines.
 * Among `words`, whatever begins like a number is "#", and BREAK stands between the lines.
 */
export interface Opened {
  lines: string[];
  words: string[];
}

/** How many words there are, marks not counted. */
export function lengthOf(words: string[]): number {
  let count = 0;
  for (const word of words) if (!MARKS.has(word)) count += 1;
  return count;
}

/** What chunks stand for: short forms opened, "qm" and "em" for marks, the end of a sentence. */
export class Forms {
  private readonly known = new Map([
    [BREAK, `${END} ${BREAK} ${BEGIN}`],
    [SHOUT, SHOUT],
  ]);
  private readonly rewrite: Map<string, string>;

  /** `rewrite` opens short forms by word, `endings` by how a word ends. Short new chunks are remembered, up to a limit. */
  constructor(
    rewrite: Record<string, string>,
    private readonly endings: [string, string][],
  ) {
    this.rewrite = new Map(Object.entries(rewrite));
  }

  of(chunk: string): string {
    const known = this.known.get(chunk);
    if (known !== undefined) return known;
    const form = this.words(chunk).join(' ');
    if (this.known.size < MOST_FORMS && chunk.length <= LONGEST_KEPT) this.known.set(chunk, form);
    return form;
  }

  private words(chunk: string): string[] {
    const ends = endsSentence(chunk);
    const tokens = chunk.replaceAll('-', ' ').match(pattern('token')) ?? [];
    const words = tokens.map((token) => this.word(token));
    if (ends) words.push(END);
    if (/\?[?!]|!\?|!!!/.test(chunk)) words.push(URGE);
    if (ends) words.push(BREAK, BEGIN);
    return words;
  }

  private word(token: string): string {
    if (/^[?!]/.test(token)) return [token.includes('?') ? 'qm' : '', token.includes('!') ? 'em' : ''].join(' ').trim();
    const whole = this.rewrite.get(token);
    if (whole !== undefined) return whole;
    const [ending, rest] = this.endings.find(([known]) => token.includes("'") && token.endsWith(known)) ?? [];
    return ending === undefined ? token : `${token.slice(0, -ending.length)} ${rest}`.trimEnd();
  }
}

/** A sentence without a word is none, and one of more than 60 words counts as several. */
export function opened(chunks: string[], forms: Forms): Opened {
  const written = chunks.map((chunk) => forms.of(chunk)).filter((form) => form !== '');
  let text = ` ${BEGIN} ${written.join(' ')} ${END} `.replaceAll(` ${BEGIN} ${END} ${BREAK}`, '');
  const tail = ` ${BREAK} ${BEGIN} ${END} `;
  if (text.endsWith(tail)) text = `${text.slice(0, -tail.length)} `;
  let lines = text.split(BREAK);
  if (lines.some(isLong)) {
    lines = lines.flatMap((line) => (isLong(line) ? cut(line) : [line]));
    text = lines.join(BREAK);
  }
  const words = text.split(' ').filter((word) => word !== '');
  return { lines, words: words.map((word) => (word > ':' ? word : NUMBER)) };
}

/** Few lines have letters enough for many words, and need their words counted. */
function isLong(line: string): boolean {
  return line.length > LONGEST * LEAST_LETTERS && line.trim().split(' ').length > LONGEST;
}

function cut(line: string): string[] {
  const words = line.trim().split(' ');
  const parts: string[] = [];
  for (let at = 1; at < words.length - 1; at += LONGEST) {
    parts.push(` ${BEGIN} ${words.slice(at, Math.min(at + LONGEST, words.length - 1)).join(' ')} ${END} `);
  }
  return parts;
}
