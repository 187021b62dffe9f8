// Splits a body into sentences of plain words, the form the phrases of every language are written for.
import { lower } from './fold';
import { textFile } from './lexicon_data';

const LONGEST = 60;
const SHORT_LINE = 45;
const CASE_MATTERS = new Set(['end', 'token', 'signature_token', 'smiley']);

/** `raw` is folded text with its case; `words` are in lower case, links as "urlx", at most 60. */
export interface Sentence {
  raw: string;
  words: string[];
}

const patterns = new Map<string, RegExp>();

/** A pattern of text.json, section "sentence", global. */
export function pattern(name: string): RegExp {
  let found = patterns.get(name);
  if (!found) {
    found = new RegExp(textFile.sentence[name] ?? '', CASE_MATTERS.has(name) ? 'g' : 'gi');
    patterns.set(name, found);
  }
  found.lastIndex = 0;
  return found;
}

/** In order; a sentence of more than 60 words counts as several, one without words only if it asks or shouts. */
export function sentences(body: string): Sentence[] {
  const out: Sentence[] = [];
  let begun = '';
  for (const piece of joined(masked(body)).replace(pattern('end'), '$1\n').split('\n')) {
    const raw = begun ? `${begun} ${piece}` : piece;
    const words = wordsOf(raw);
    begun = endsShort(raw, words) ? raw : '';
    if (!begun) out.push(...cut(raw, words));
  }
  return begun ? [...out, ...cut(begun, wordsOf(begun))] : out;
}

function wordsOf(raw: string): string[] {
  return lower(raw).replaceAll('-', ' ').match(pattern('token')) ?? [];
}

/** True after "Dr." and the like, where no sentence ends. */
function endsShort(raw: string, words: string[]): boolean {
  const last = words.at(-1);
  return last !== undefined && words.length < LONGEST && raw.endsWith('.') && abbreviations().has(last);
}

function cut(raw: string, words: string[]): Sentence[] {
  if (words.length === 0) return /[?!]/.test(raw) ? [{ raw, words }] : [];
  const out: Sentence[] = [];
  for (let at = 0; at < words.length; at += LONGEST) out.push({ raw, words: words.slice(at, at + LONGEST) });
  return out;
}

/** Links, addresses, code and smileys as one word each. */
function masked(body: string): string {
  let text = body;
  if (text.includes('`')) text = text.replace(pattern('code'), 'codex');
  if (text.includes('@')) text = text.replace(pattern('mail'), 'mailx');
  if (text.includes(':') || text.includes(';')) text = text.replace(pattern('smiley'), ' smiley ');
  return pattern('url_hint').test(text) ? text.replace(pattern('url'), 'urlx') : text;
}

/** A line break stays only where a sentence may end: short line, end mark, empty line or bullet. */
function joined(body: string): string {
  let out = '';
  let previous: string | undefined;
  for (const line of body.split('\n')) {
    if (previous !== undefined) out += mayEnd(previous, line) ? '\n' : ' ';
    out += line;
    previous = line;
  }
  return out;
}

function mayEnd(previous: string, line: string): boolean {
  return previous.length < SHORT_LINE || /[.!?:;]$/.test(previous) || line === '' || pattern('bullet').test(line);
}

let short: Set<string> | undefined;

function abbreviations(): Set<string> {
  short ??= new Set((textFile.sentence.abbreviations ?? '').split(' '));
  return short;
}
