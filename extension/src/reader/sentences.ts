// Splits a body into chunks, the pieces between spaces that words and the ends of sentences are found in.
import { lower } from './fold';
import { textFile } from './lexicon_data';

/** The chunk that stands where a line ends and a sentence with it. */
export const BREAK = '|';

/** The chunk before a sentence that is in capitals. */
export const SHOUT = '^shout';

const SHORT_LINE = 45;
const LEAST_SHOUTED = 3;
const LEAST_SHARE = 0.3;
const ANY_CASE = new Set(['url', 'mail', 'code']);

const patterns = new Map<string, RegExp>();

/** A pattern of text.json, section "sentence", global. */
export function pattern(name: string): RegExp {
  let found = patterns.get(name);
  if (!found) {
    found = new RegExp(textFile.sentence[name] ?? '', ANY_CASE.has(name) ? 'gi' : 'g');
    patterns.set(name, found);
  }
  found.lastIndex = 0;
  return found;
}

/** In order and in lower case; links, addresses, code and smileys are a word each. `body` is folded. */
export function chunks(body: string): string[] {
  const text = joined(masked(body));
  return /[A-Z]{4}/.test(text) ? withShouts(split(text)) : split(lower(text));
}

function split(text: string): string[] {
  return text.split(/[ \n]+/).filter((chunk) => chunk !== '');
}

/** True behind an end mark, unless it belongs to "Dr." and the like. */
export function endsSentence(chunk: string): boolean {
  return pattern('end').test(chunk) && !abbreviations().has(chunk.slice(0, -1).replace(/^["'(]+/, ''));
}

let short: Set<string> | undefined;

function abbreviations(): Set<string> {
  short ??= new Set(textFile.sentence.abbreviations?.split(' '));
  return short;
}

function masked(body: string): string {
  let out = body;
  if (out.includes('`')) out = out.replace(pattern('code'), 'codex');
  if (out.includes('@')) out = out.replace(pattern('mail'), 'mailx');
  if (/[:;]/.test(out)) out = out.replace(pattern('smiley'), ' smiley ');
  const small = lower(out);
  const hints = textFile.sentence.url_hints?.split(' ') ?? [];
  return hints.some((hint) => small.includes(hint)) ? out.replace(pattern('url'), 'urlx') : out;
}

/** A line break becomes BREAK where a sentence may end: short line, end mark, empty line or bullet. */
function joined(body: string): string {
  let out = '';
  let previous: string | undefined;
  for (const line of body.split('\n')) {
    if (previous !== undefined) out += endsAfter(previous, line) ? ` ${BREAK} ` : ' ';
    out += line;
    previous = line;
  }
  return out;
}

function endsAfter(line: string, next: string): boolean {
  return line.length < SHORT_LINE || /[.!?:;]$/.test(line) || next === '' || pattern('bullet').test(next);
}

/** The chunks in lower case, SHOUT before each sentence in capitals. */
function withShouts(raw: string[]): string[] {
  const out: string[] = [];
  const small = raw.map(lower);
  let begin = 0;
  for (const [at, chunk] of small.entries()) {
    if (at < small.length - 1 && chunk !== BREAK && !endsSentence(chunk)) continue;
    if (shouts(raw.slice(begin, at + 1).join(' '))) out.push(SHOUT);
    out.push(...small.slice(begin, at + 1));
    begin = at + 1;
  }
  return out;
}

/** Three words or more in capitals that are no acronyms, and a good part of the sentence. */
function shouts(sentence: string): boolean {
  const words = sentence.match(/[A-Za-z]+/g) ?? [];
  const loud = words.filter((word) => /^[A-Z]{4,}$/.test(word) && !textFile.acronyms.includes(word));
  return loud.length >= LEAST_SHOUTED && loud.length >= LEAST_SHARE * words.length;
}
