// Cuts a draft down to what the person wrote in it: no earlier mail, no signature, no date, greeting or sign-off.
import { fold, lower } from './fold';
import { textFile } from './lexicon_data';

const LONGEST_OWN = 12_288;
const MOST_LINES = 2000;
const LONGEST_LINE = 300;
const LONGEST_SIGN_OFF = 80;
const LAST_LINES = 12;
const DATED_LETTER = 3;

const patterns = new Map<string, RegExp>();

function matches(name: string, line: string): boolean {
  return pattern(name).test(line);
}

function pattern(name: string): RegExp {
  let found = patterns.get(name);
  if (!found) {
    found = new RegExp(name === 'date_line' || name === 'greeting' ? textFile[name] : String(textFile.cut[name] ?? ''));
    patterns.set(name, found);
  }
  return found;
}

/** The folded body; looks at the first 64 K characters and 2000 lines, keeps at most 12 K of the person's own. */
export function ownWords(text: string): string {
  const lines = newLines(fold(text).split('\n', MOST_LINES)).map((line) => line.trim());
  const written = lines.join('\n').slice(0, LONGEST_OWN);
  return withoutGreeting(withoutDate(withoutSignOff(written.trim().split('\n'))))
    .join('\n')
    .trim();
}

function tested(line: string): string {
  return lower(line.trim().slice(0, LONGEST_LINE));
}

/** Only lines that begin so can be found by a pattern of "cut". */
function isSuspect(line: string): boolean {
  return [...(textFile.cut.suspects ?? [])].some((beginning) => line.startsWith(beginning));
}

function newLines(lines: string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = tested(lines[at] ?? '');
    if (!isSuspect(line)) {
      kept.push(lines[at] ?? '');
      at += 1;
      continue;
    }
    const intro = introLength(lines, at, line);
    if (cuts(lines, at, line) || (intro && !quotedAfter(lines, at + intro))) break;
    if (!intro && !line.startsWith('>') && !matches('device', line)) kept.push(lines[at] ?? '');
    at += intro || 1;
  }
  return kept;
}

function cuts(lines: string[], at: number, line: string): boolean {
  if (matches('from_here', line) || matches('signature', line)) return true;
  if (!matches('header', line)) return false;
  return lines.slice(at + 1, at + 4).some((after) => matches('header_next', tested(after)));
}

/** How many lines "On 3 May 2026, Rita wrote:" takes (1 to 3); 0 when none begins here. */
function introLength(lines: string[], at: number, line: string): number {
  if (!matches('intro', line)) return 0;
  let joined = '';
  for (const [index, part] of lines.slice(at, at + 3).entries()) {
    joined = `${joined} ${tested(part)}`.trim();
    if (joined.endsWith(':') && matches('intro_end', joined)) return /[0-9@]/.test(joined) ? index + 1 : 0;
  }
  return 0;
}

function quotedAfter(lines: string[], at: number): boolean {
  const next = lines.slice(at, at + 4).find((line) => line.trim() !== '');
  return next?.trim().startsWith('>') ?? false;
}

function withoutSignOff(lines: string[]): string[] {
  for (let at = Math.max(1, lines.length - LAST_LINES); at < lines.length; at += 1) {
    const line = lower((lines[at] ?? '').slice(0, LONGEST_LINE));
    if (line.length >= LONGEST_SIGN_OFF || !matches('sign_off', line)) continue;
    const after = lines.slice(at + 1);
    const start = after.findIndex((rest) => matches('postscript', lower(rest.slice(0, 9))));
    return [...lines.slice(0, at), ...(start < 0 ? [] : after.slice(start))];
  }
  return lines;
}

/** The date above a letter, by itself and with an empty line below, goes. */
function withoutDate(lines: string[]): string[] {
  if (lines.length < DATED_LETTER || lines[1] !== '') return lines;
  return matches('date_line', lower((lines[0] ?? '').slice(0, LONGEST_LINE))) ? lines.slice(2) : lines;
}

function withoutGreeting(lines: string[]): string[] {
  const [first = '', ...rest] = lines;
  const found = pattern('greeting').exec(lower(first.slice(0, LONGEST_LINE)));
  return found ? [first.slice(found.index + found[0].length).trim(), ...rest] : lines;
}
