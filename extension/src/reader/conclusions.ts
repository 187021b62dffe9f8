// From what was found to what it means: value, emptiness and tone of a text of the person's own.
import { anyOf, type Found } from './findings';
import { textFile } from './lexicon_data';
import type { Odds } from './weights';

const HALVES = ['link', 'attachment'];
const BEYOND_DOUBT = ['offer_deadline', 'correction', 'acceptance', 'withdrawal'];
const LONGEST_EMPTY = 60;
const MOST_CONTENT = 24;
const CUES_NEEDED = 1.5;
const SURELY_ANNOYED = 200;
const HARDLY_ANNOYED = -100;
const SURELY_VALUE = 200;
const HARDLY_VALUE = -150;
const SURELY_EMPTY = 150;
const HARDLY_EMPTY = -200;
const UNCOUNTED = ['courtesy', 'restate', 'claim'];
const NO_CONTENT = ['ask', 'courtesy', 'restate', 'claim', 'context', 'annoyed'];
const BRINGS_SOMETHING = ['logistics', 'correction', 'acceptance', 'withdrawal', 'competing_offer', 'apply'];

/**
 * Kinds in the order of the weights; a link or attachment counts only where its sentence says nothing better.
 * The weighed words decide where the phrases are silent ("idea") or clearly mistaken, save for the plainest kinds.
 */
export function valueKinds(found: Found[], odds: Odds): string[] {
  let kinds = found.flatMap(namedIn);
  if (odds.addsValue < HARDLY_VALUE) {
    kinds = kinds.filter((kind) => HALVES.includes(kind) || BEYOND_DOUBT.includes(kind));
  } else if (odds.addsValue > SURELY_VALUE && kinds.every((kind) => HALVES.includes(kind))) {
    kinds.push('idea');
  }
  return Object.keys(textFile.value_weights).filter((kind) => kinds.includes(kind));
}

function namedIn(each: Found): string[] {
  const named = below(each, 'value.');
  const better = named.filter((kind) => !HALVES.includes(kind));
  return better.length > 0 ? better : named;
}

function below(each: Found, stem: string): string[] {
  return [...each.groups].filter((group) => group.startsWith(stem)).map((group) => group.slice(stem.length));
}

export function valueScore(kinds: string[]): number {
  return kinds.reduce((sum, kind) => sum + (textFile.value_weights[kind] ?? 0), 0);
}

/** Kinds of asks the text meets, sorted. */
export function answered(found: Found[]): string[] {
  const kinds = new Set(found.flatMap((each) => below(each, 'answers.')));
  return textFile.asks.filter((kind) => kinds.has(kind)).sort();
}

/** Words of the sentences that are more than courtesy. */
export function wordCount(found: Found[]): number {
  return wordsIn(found.filter((each) => !anyOf(each, ...UNCOUNTED) || anyOf(each, 'ask')));
}

function wordsIn(found: Found[]): number {
  return found.reduce((sum, each) => sum + each.sentence.words.length, 0);
}

/** True if some sentence asks for news; a call has ways of asking of its own. */
export function asks(found: Found[], spoken: boolean): boolean {
  return found.some((each) => anyOf(each, 'ask') || (spoken && anyOf(each, 'spoken_ask')));
}

/** Asks for news or repeats an interest, and brings nothing a reader could use. */
export function isEmpty(found: Found[], odds: Odds, spoken: boolean, score: number): boolean {
  if (score >= 1 || wordCount(found) > LONGEST_EMPTY) return false;
  if (found.some((each) => anyOf(each, ...BRINGS_SOMETHING))) return false;
  return odds.empty > SURELY_EMPTY || (odds.empty > HARDLY_EMPTY && onlyAsks(found, spoken));
}

function onlyAsks(found: Found[], spoken: boolean): boolean {
  const wants = asks(found, spoken) || found.some((each) => anyOf(each, 'restate'));
  const noContent = spoken ? [...NO_CONTENT, 'spoken_ask'] : NO_CONTENT;
  return wants && wordsIn(found.filter((each) => !anyOf(each, ...noContent))) <= MOST_CONTENT;
}

/** What the phrases say, unless the weighed words are clear where the phrases are silent, or doubt them. */
export function isAnnoyed(found: Found[], odds: Odds): boolean {
  return odds.annoyed > SURELY_ANNOYED || (odds.annoyed > HARDLY_ANNOYED && soundsAnnoyed(found));
}

/**
 * A threat, one strong cue, or enough weak ones of different kinds, aimed at the reader or their house.
 * A weak cue weighs 1, a mild one half, and each kind counts once; a sentence that softens takes 1 away.
 */
function soundsAnnoyed(found: Found[]): boolean {
  if (found.some((each) => anyOf(each, 'annoyed.aimed', 'threat'))) return true;
  const aimed = found.map((each) => anyOf(each, 'target'));
  const near = found.map((_, at) => aimed.slice(Math.max(0, at - 1), at + 2).includes(true));
  if (found.some((each, at) => anyOf(each, 'annoyed.strong') && near[at])) return true;
  const calmed = found.some((each) => anyOf(each, 'calm')) ? 1 : 0;
  return aimed.includes(true) && weightOfCues(found) - calmed >= CUES_NEEDED;
}

function weightOfCues(found: Found[]): number {
  const kinds = new Set<string>();
  for (const each of found) {
    for (const group of each.groups) if (isCue(group) && counts(group, each)) kinds.add(group);
  }
  return [...kinds].reduce((sum, kind) => sum + (kind.startsWith('annoyed.mild.') ? 0.5 : 1), 0);
}

function isCue(group: string): boolean {
  return /^(?:annoyed\.(?:weak|mild)|mark)\./.test(group);
}

/** Exclamation marks beside joy are joy. */
function counts(group: string, each: Found): boolean {
  return !group.startsWith('mark.') || !anyOf(each, 'glad');
}
