// From what was found to what it means: value, emptiness and tone of a text of the person's own.
import type { Findings } from './findings';
import { textFile } from './lexicon_data';
import { NUMBER, type Opened } from './opened';
import { BREAK } from './sentences';
import type { Odds } from './weights';

const HALVES = ['attachment', 'link'];
const LONGEST_EMPTY = 60;
const MOST_CONTENT = 24;
const CUES_NEEDED = 1.5;
const IDEA_BESIDE_AN_ASK = 6;
/** Tenths of log odds that a phrase adds to its sign. */
const PHRASE = 20;
/** Those of which the words are weighed. */
const SIGNS = ['thanks', 'logistics', 'correction', 'acceptance', 'competing_offer', 'argues'];
/** Tenths of log odds that a text without words would need beside nought to sound annoyed; one of 24 needs none. */
const [FEW, MORE] = [24, 16];
/** Tenths of log odds of sounding annoyed: below the one it may be chance, below the other a text is plainly calm. */
const [BARELY, CALM] = [15, -26];
const UNCOUNTED = ['courtesy', 'restate', 'claim'];
const NO_CONTENT = ['ask', 'courtesy', 'restate', 'claim', 'context', 'annoyed'];
const BRINGS_SOMETHING = ['logistics', 'correction', 'acceptance', 'withdrawal', 'competing_offer', 'apply'];

/**
 * Kinds in the order of the weights; a link or attachment counts only where nothing better is said.
 * The weighed words decide whether there is value, the phrases of which kind: "idea" where they name none;
 * in a draft that asks for news the words alone must tell of it clearly (tenths of log odds).
 */
export function valueKinds(found: Findings, odds: Odds | undefined, asking: boolean): string[] {
  if (odds && (odds.adds_value ?? 0) <= 0) return halves(found);
  const kinds = found.below('value');
  let better = kinds.filter((kind) => !HALVES.includes(kind));
  if (odds && better.length === 0) {
    if (asking && (odds.adds_value ?? 0) <= IDEA_BESIDE_AN_ASK) return halves(found);
    better = ['idea'];
  }
  const told = better.length > 0 ? better : kinds;
  return Object.keys(textFile.value_weights).filter((kind) => told.includes(kind));
}

function halves(found: Findings): string[] {
  return HALVES.filter((kind) => found.any(`value.${kind}`)).slice(0, 1);
}

export function valueScore(kinds: string[]): number {
  return kinds.reduce((sum, kind) => sum + (textFile.value_weights[kind] ?? 0), 0);
}

/** What the text is besides, such as thanks: by its phrases; in English they only add to what is weighed. */
export function signs(found: Findings, odds: Odds | undefined): Set<string> {
  const weighed = (sign: string) => (odds ? (odds[sign] ?? 0) : 0);
  return new Set(SIGNS.filter((sign) => weighed(sign) > 0 || (weighed(sign) + PHRASE > 0 && found.any(sign))));
}

/** Kinds of asks the text meets, sorted. */
export function answered(found: Findings): string[] {
  const kinds = found.below('answers');
  return textFile.asks.filter((kind) => kinds.includes(kind)).sort();
}

let stated: Set<string> | undefined;
let lookingBack: Set<string> | undefined;

/** A number, a day, a yes or no may be all of the answer to a question of several kinds; sorted. */
export function answersWithFigures(answers: string[], text: Opened, asking: boolean): string[] {
  stated ??= new Set([NUMBER, ...textFile.states.split(' ')]);
  const states = stated;
  const isIn = (words: string[]) => words.some((word) => states.has(word));
  if (!isIn(text.words) || (asking && !isIn(apart(text.words)))) return answers;
  return [...new Set([...answers, ...textFile.stated])].sort();
}

/** The words of the sentences that neither ask nor look back. */
function apart(words: string[]): string[] {
  lookingBack ??= new Set(['qm', ...textFile.looks_back.split(' ')]);
  const back = lookingBack;
  const told: string[] = [];
  let sentence: string[] = [];
  for (const word of [...words, BREAK]) {
    if (word !== BREAK) sentence.push(word);
    else {
      if (!sentence.some((each) => back.has(each))) told.push(...sentence);
      sentence = [];
    }
  }
  return told;
}

/** Words of the sentences that are more than courtesy. */
export function wordCount(found: Findings): number {
  const uncounted = found.at(UNCOUNTED);
  for (const number of found.at(['ask'], uncounted)) uncounted.delete(number);
  return found.wordsOutside(uncounted);
}

/** True if some sentence asks for news; a call has ways of asking of its own. */
export function asks(found: Findings, spoken: boolean): boolean {
  return found.any('ask') || (spoken && found.any('spoken_ask'));
}

/** Asks for news or repeats an interest, and brings nothing a reader could use. */
export function isEmpty(found: Findings, odds: Odds | undefined, spoken: boolean, score: number): boolean {
  if (score >= 1) return false;
  if (odds) return (odds.empty ?? 0) > 0;
  return wordCount(found) <= LONGEST_EMPTY && !found.any(...BRINGS_SOMETHING) && onlyAsks(found, spoken);
}

function onlyAsks(found: Findings, spoken: boolean): boolean {
  const noContent = found.at(spoken ? [...NO_CONTENT, 'spoken_ask'] : NO_CONTENT);
  const wants = asks(found, spoken) || found.any('restate');
  return wants && found.wordsOutside(noContent) <= MOST_CONTENT;
}

/** A threat always; else what the weighed words say, or the phrases in a language without weights. */
export function isAnnoyed(found: Findings, odds: Odds | undefined): boolean {
  if (!odds) return found.any('threat') || soundsAnnoyed(found);
  const few = Math.max(0, FEW - found.text.words.length);
  return found.any('threat') || FEW * (odds.annoyed ?? 0) > MORE * few;
}

/** Of a text that sounds annoyed: whether its words weigh so little that it may be chance. */
export function isBarelyAnnoyed(found: Findings, odds: Odds | undefined): boolean {
  return odds !== undefined && (odds.annoyed ?? 0) < BARELY && !found.any('threat');
}

/** A deadline and what follows always; what only may be meant as pressure, not where the words weigh calm. */
export function presses(found: Findings, odds: Odds | undefined): boolean {
  if (!odds || found.any('pressure.said')) return found.any('pressure');
  return (odds.annoyed ?? 0) > CALM && found.any('pressure');
}

/**
 * One strong cue, or enough weak ones of different kinds, aimed at the reader or their house.
 * A weak cue weighs 1, a mild one half, and each kind counts once; a sentence that softens takes 1 away.
 */
function soundsAnnoyed(found: Findings): boolean {
  if (found.any('annoyed.aimed')) return true;
  const aimed = found.at(['target']);
  const strong = [...found.at(['annoyed.strong'])];
  if (strong.some((number) => [number - 1, number, number + 1].some((near) => aimed.has(near)))) return true;
  const cues = found.below('annoyed.weak').length + 0.5 * found.below('annoyed.mild').length;
  return aimed.size > 0 && cues - (found.any('calm') ? 1 : 0) >= CUES_NEEDED;
}
