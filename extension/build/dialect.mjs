// Reads a phrase of the lexicon's dialect (docs/lexicon.md) into pieces, and writes those as a regular expression.
// A piece is { choices }, one word; { most }, a gap; or { branches, optional }, one of several rows of pieces.

const SIGN = /_\d*|[()|?]|[^\s()|?_]+/g;

/** The word behind the last one of a sentence; the dialect writes it "$". */
export const END = '~';

/** Branches with one row unless something is wrong with the line; the server's reader refuses such lines. */
export function parsed(line, sets) {
  return branchesOf(line.match(SIGN) ?? [], sets)[0];
}

function branchesOf(signs, sets) {
  const branches = [[]];
  while (signs.length > 0 && signs[0] !== ')') {
    const sign = signs.shift();
    if (sign === '|') branches.push([]);
    else if (sign === '?') makeOptional(branches.at(-1));
    else if (sign === '(') {
      branches.at(-1).push({ branches: branchesOf(signs, sets), optional: false });
      signs.shift();
    } else branches.at(-1).push(pieceOf(sign, sets));
  }
  return branches;
}

function makeOptional(branch) {
  const before = branch.pop();
  branch.push({ branches: before.branches ?? [[before]], optional: true });
}

function pieceOf(sign, sets) {
  if (sign.startsWith('_')) return { most: Number(sign.slice(1)) };
  if (sign.startsWith('<')) return { choices: sets[sign.slice(1, -1)] };
  return { choices: sign === '$' ? END : sign };
}

/** For sentences whose words have one space before, between and behind them. */
export function patternOf(row) {
  return ` ${written(row)}`;
}

function written(row) {
  return row.map(writtenPiece).join('');
}

function writtenPiece({ choices, most, branches, optional }) {
  if (choices !== undefined) return `${word(choices)} `;
  if (most !== undefined) return most ? `(?:[^ ]+ ){0,${most}}` : '[^ ]+ ';
  return `(?:${branches.map(written).join('|')})${optional ? '?' : ''}`;
}

function word(choices) {
  if (choices.startsWith('/')) return `(?:${choices.slice(1)})`;
  const escaped = choices.replace(/[.$+^:]/g, '\\$&').replaceAll('*', '[^ ]*');
  return escaped.includes('|') ? `(?:${escaped})` : escaped;
}
