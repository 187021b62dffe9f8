// Compiles the lexicon's phrases (dialect: docs/lexicon.md) and finds which groups of them a sentence holds.
import { type Anchors, type Keys, keysOf } from './anchors';

const TOKEN = /_\d*|[()|?]|[^\s()|?_]+/g;

interface Phrase {
  group: string;
  line: string;
  others: Keys[];
  pattern?: RegExp;
}

/** Groups of phrases of one language, indexed so that a sentence is tried against few of them. */
export class PhraseBook {
  private readonly byKey = new Map<string, Phrase[]>();

  constructor(
    groups: Record<string, string[]>,
    private readonly anchors: Anchors,
  ) {
    for (const [group, lines] of Object.entries(groups)) {
      for (const line of lines) this.add(group, line);
    }
  }

  private add(group: string, line: string): void {
    const [anchor, ...others] = this.anchors.required(piecesOf(line));
    const phrase: Phrase = { group, line, others };
    for (const key of anchor ?? []) {
      const known = this.byKey.get(key);
      if (known) known.push(phrase);
      else this.byKey.set(key, [phrase]);
    }
  }

  /** Names of the groups with a phrase in these words (one sentence, in order, marks included). */
  groupsIn(words: string[]): Set<string> {
    const found = new Set<string>();
    const keys = keysOf(words);
    const sentence = ` ${words.join(' ')} `;
    for (const key of keys) {
      for (const phrase of this.byKey.get(key) ?? []) {
        if (found.has(phrase.group) || !mayStandIn(phrase, keys)) continue;
        phrase.pattern ??= compiled(phrase.line, this.anchors.sets);
        if (phrase.pattern.test(sentence)) found.add(phrase.group);
      }
    }
    return found;
  }
}

function mayStandIn(phrase: Phrase, keys: Set<string>): boolean {
  return phrase.others.every((other) => other.some((key) => keys.has(key)));
}

function compiled(line: string, sets: Record<string, string>): RegExp {
  const parts = withOptionalsGrouped(piecesOf(line));
  return new RegExp(` ${parts.map((part) => piece(part, sets)).join('')}`);
}

function piecesOf(line: string): string[] {
  return line.match(TOKEN) ?? [];
}

/** A bare word before "?" becomes a group of its own, for the sign binds to one word or one group. */
function withOptionalsGrouped(parts: string[]): string[] {
  const out: string[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part === '?' && last !== undefined && last !== ')') out.splice(-1, 1, '(', last, ')');
    out.push(part);
  }
  return out;
}

function piece(part: string, sets: Record<string, string>): string {
  if (part === '(') return '(?:';
  if (part === ')' || part === '|' || part === '?') return part;
  if (part === '_') return '[^ ]+ ';
  if (part.startsWith('_')) return `(?:[^ ]+ ){0,${part.slice(1)}}`;
  return `${word(part, sets)} `;
}

function word(part: string, sets: Record<string, string>): string {
  if (part.startsWith('<')) {
    const choices = sets[part.slice(1, -1)] ?? '';
    return choices.startsWith('/') ? `(?:${choices.slice(1)})` : `(?:${choices.replaceAll('*', '[^ ]*')})`;
  }
  return part.replace(/[.$+^:]/g, '\\$&').replaceAll('*', '[^ ]*');
}
