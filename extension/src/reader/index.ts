// Draft text -> signals, in the page; the same as app/reading/outbound.py says of it. Nothing of the text leaves with them.
import {
  answered,
  answersWithFigures,
  asks,
  isAnnoyed,
  isBarelyAnnoyed,
  isEmpty,
  presses,
  signs,
  valueKinds,
  valueScore,
  wordCount,
} from './conclusions';
import { Findings, findings } from './findings';
import { begin, fold, lower } from './fold';
import { languageOf } from './language';
import { draftLexicon } from './lexicon';
import { opened } from './opened';
import { ownWords } from './own_words';
import { BREAK, chunks } from './sentences';
import { signatureOf } from './signature';
import { type Odds, oddsOf } from './weights';

/** What a text says, without the text; field for field `Signals` of app/cadence/thread.py. */
export interface Signals {
  language: string | null;
  words: number;
  asks_for_news: boolean;
  empty: boolean;
  value: string[];
  value_score: number;
  answers: string[];
  annoyed: boolean;
  barely_annoyed: boolean;
  threat: boolean;
  pressure: boolean;
  pleading: boolean;
  apologetic: boolean;
  argues: boolean;
  thanks: boolean;
  logistics: boolean;
  correction: boolean;
  acceptance: boolean;
  withdrawal: boolean;
  competing_offer: boolean;
  new_opportunity: boolean;
  signature: number[];
}

const APOLOGIES_THAT_PLEAD = 3;
const FEW_WORDS = 4;
const FEW_CHUNKS = 20;
const LONGEST_SUBJECT = 300;
const REPLY_MARK = /^ *(?:(?:re|aw|sv|rv|antw|fwd?|wg|tr)(?:\[\d+\])? *: *)+/;
const SPOKEN = ['call', 'voicemail'];

/** `channel` is email, call, voicemail or other; earlier mail and signatures in `text` are cut first. Never throws. */
export function readDraft(channel: string, subject: string, text: string): Signals {
  const body = ownWords(text);
  const parts = chunks(body);
  if (parts.length < FEW_CHUNKS && wordsIn(parts) < FEW_WORDS) parts.push(BREAK, ...chunks(ownSubject(subject)));
  const language = languageOf(body, parts);
  const signature = signatureOf(body);
  const known = language ?? 'en';
  const lexicon = draftLexicon(known);
  if (!lexicon) return { ...NOTHING, language, words: wordsIn(parts), signature };
  const whole = opened(parts, lexicon.forms);
  const signals = conclude(findings(whole, lexicon.book), oddsOf(whole, known), SPOKEN.includes(channel));
  const answers = answersWithFigures(signals.answers, whole, signals.asks_for_news);
  return { ...signals, answers, language, signature };
}

function wordsIn(parts: string[]): number {
  return parts.filter((part) => /[a-z0-9]/.test(part)).length;
}

/** The subject of a new letter, or nothing for "Re: ...", whose words are older than the draft. */
function ownSubject(subject: string): string {
  const line = lower(fold(begin(subject, LONGEST_SUBJECT)).replaceAll('\n', ' '));
  return REPLY_MARK.test(line) ? '' : line;
}

function conclude(found: Findings, odds: Odds | undefined, spoken: boolean): Signals {
  const asking = asks(found, spoken);
  const value = valueKinds(found, odds, asking);
  const score = valueScore(value);
  const also = signs(found, odds);
  const annoyed = isAnnoyed(found, odds);
  const pleads = found.any('pleading');
  const apologies = found.at(['apologetic']).size;
  return {
    language: null,
    words: wordCount(found),
    asks_for_news: asking,
    empty: isEmpty(found, odds, spoken, score),
    value,
    value_score: score,
    answers: answered(found),
    annoyed,
    barely_annoyed: annoyed && isBarelyAnnoyed(found, odds),
    threat: found.any('threat'),
    pressure: presses(found, odds) && !also.has('competing_offer'),
    pleading: pleads || apologies >= APOLOGIES_THAT_PLEAD,
    apologetic: apologies > 0 && !pleads,
    argues: also.has('argues'),
    thanks: also.has('thanks'),
    logistics: also.has('logistics'),
    correction: also.has('correction'),
    acceptance: also.has('acceptance'),
    withdrawal: found.any('withdrawal'),
    competing_offer: also.has('competing_offer'),
    new_opportunity: found.any('new_opportunity'),
    signature: [],
  };
}

const NOTHING = conclude(
  new Findings({ lines: [], words: [] }, { told: {}, forbidden: {} }, new Map()),
  undefined,
  false,
);
