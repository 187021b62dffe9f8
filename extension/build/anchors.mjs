// Which words a phrase cannot do without, as in app/reading/drafts/anchors.py: a key is a word, "chec*" for all words
// that begin so, "a b" for two neighbours, and "#" stands for anything that begins like a number.
import { END } from './dialect.mjs';

const NUMBER = '#';
const BEGINNING = 4;
const MOST_KEYS = 250;
const NEIGHBOURS = 2;
const ALL = 1500;
const RANKS_OFF = 12;
const RARE = 2;
const COSTS = { '^': 120, [END]: 120, [NUMBER]: 30 };
const BEGINNING_COST = 6;
const PAIR_COST = 0.002;
const ROOM_COST = 0.02;

/** Keys that alone tell that the phrase is there: it is of one or two fixed words. None for any other. */
export function wholeKeys(row) {
  return [...new Set(spelled(row).map((words) => words.join(' ')))];
}

/** Keys of which every match has one, those that cost least; `ranks` are the common words by how frequent they are. */
export function requiredKeys(row, ranks) {
  const found = [...singles(row, ranks), ...pairs(row)].filter((keys) => keys.length > 0 && keys.length <= MOST_KEYS);
  const priced = found.map((keys) => [keys.reduce((sum, key) => sum + costOf(key, ranks), 0), keys]);
  return priced.sort((a, b) => a[0] - b[0])[0]?.[1] ?? [];
}

function singles(row, ranks) {
  return row.flatMap((piece) => {
    if (piece.choices !== undefined) return [keysOf(piece.choices)];
    if (!piece.branches || piece.optional) return [];
    const chosen = piece.branches.map((branch) => requiredKeys(branch, ranks));
    return chosen.every((keys) => keys.length > 0) ? [[...new Set(chosen.flat())]] : [];
  });
}

function costOf(key, ranks) {
  const [one, other] = key.split(' ');
  if (other !== undefined) return ROOM_COST + PAIR_COST * costOf(one, ranks) * costOf(other, ranks);
  if (key.endsWith('*')) return BEGINNING_COST;
  return COSTS[key] ?? (ranks.has(key) ? ALL / (RANKS_OFF + ranks.get(key)) : RARE);
}

/** None if a beginning is too short to be looked up by. */
function keysOf(choices) {
  if (choices.startsWith('/')) return [NUMBER];
  const keys = choices.split('|').map(keyOf);
  return keys.includes('') ? [] : [...new Set(keys)];
}

function keyOf(word) {
  const star = word.indexOf('*');
  if (star >= 0) return star >= BEGINNING ? `${word.slice(0, BEGINNING)}*` : '';
  return word > ':' ? word : NUMBER;
}

/** For each piece that must be there, what its last word and the word behind it may be. */
function pairs(row) {
  return row.slice(0, -1).flatMap((piece, at) => {
    if (piece.most !== undefined || piece.optional) return [];
    const left = edge([piece], true);
    const right = edge(row.slice(at + 1), false);
    if (left.length * right.length > MOST_KEYS) return [];
    return [left.flatMap((one) => right.map((other) => `${one} ${other}`))];
  });
}

/** All whole words a match may begin with, or end with; none where that cannot be said. */
function edge(row, last) {
  const found = new Set();
  for (const piece of last ? row.toReversed() : row) {
    if (piece.most !== undefined) return [];
    const inside =
      piece.choices === undefined ? piece.branches.map((branch) => edge(branch, last)) : [keysOf(piece.choices)];
    if (inside.some((keys) => keys.length === 0 || keys.some((key) => key.endsWith('*')))) return [];
    for (const key of inside.flat()) found.add(key);
    if (!piece.optional) return [...found];
  }
  return [];
}

/** Every way to write the phrase, or none if one has more than two words or a word that is not fixed. */
function spelled(row) {
  let ways = [[]];
  for (const piece of row) {
    const more = spelledPiece(piece);
    ways = ways.flatMap((way) => more.map((rest) => [...way, ...rest]));
    if (ways.length > MOST_KEYS || ways.some((way) => way.length > NEIGHBOURS)) return [];
  }
  return ways;
}

function spelledPiece({ choices, most, branches, optional }) {
  if (most !== undefined) return [];
  if (choices !== undefined) {
    const words = choices.startsWith('/') || choices.includes('*') ? [] : choices.split('|');
    return words.every((word) => word > ':') ? words.map((word) => [word]) : [];
  }
  const inside = branches.map(spelled);
  return inside.every((ways) => ways.length > 0) ? [...inside.flat(), ...(optional ? [[]] : [])] : [];
}
