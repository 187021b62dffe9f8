// What a text was found to hold, sentence by sentence, before anything is concluded from it.
import type { DraftLexicon } from './lexicon';
import { textFile } from './lexicon_data';
import type { Sentence } from './sentences';

const LEAST_SHOUTED = 3;
const LEAST_SHARE = 0.3;

/**
 * One sentence, its words as the phrases see them, and the groups of phrases in it.
 * Each group comes with the names above it ("value" with "value.link").
 */
export interface Found {
  sentence: Sentence;
  words: string[];
  groups: Set<string>;
}

/** With "mark.urge" for doubled question or exclamation marks and "mark.shout" for capitals added. */
export function findings(parts: Sentence[], lexicon: DraftLexicon): Found[] {
  return parts.map((sentence) => {
    const words = lexicon.wordsOf(sentence);
    const groups = lexicon.groupsIn(words);
    if (/\?[?!]|!\?|!!!/.test(sentence.raw)) groups.add('mark.urge');
    if (/[A-Z]{4}/.test(sentence.raw) && shouts(sentence.raw)) groups.add('mark.shout');
    return { sentence, words, groups: withStems(groups) };
  });
}

/** True if a group of one of these names, or one below it, is in the sentence. */
export function anyOf(found: Found, ...names: string[]): boolean {
  return names.some((name) => found.groups.has(name));
}

function withStems(groups: Set<string>): Set<string> {
  const out = new Set(groups);
  for (const group of groups) {
    const names = group.split('.');
    for (let end = 1; end < names.length; end += 1) out.add(names.slice(0, end).join('.'));
  }
  return out;
}

/** Three words or more in capitals that are no acronyms, and a good part of the sentence. */
function shouts(raw: string): boolean {
  const words = raw.match(/[A-Za-z]+/g) ?? [];
  const loud = words.filter((word) => /^[A-Z]{4,}$/.test(word) && !textFile.acronyms.includes(word));
  return loud.length >= LEAST_SHOUTED && loud.length >= LEAST_SHARE * words.length;
}
