// The lexicon as the reader takes it: phrases indexed once, when the extension is built, and not in every mail page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requiredKeys, wholeKeys } from './anchors.mjs';
import { parsed, patternOf } from './dialect.mjs';

/** Files of app/reading/lexicon. */
export const LEXICON_FILE = /reading[/\\]lexicon[/\\][^/\\]+\.json$/;

const NOT = 'not.';

/** The content of a lexicon file; of a file of phrases, their index; of a file of weights, its features by row. */
export function lexiconFile(path) {
  const content = JSON.parse(readFileSync(path, 'utf8'));
  if (content.weights) return { bias: content.bias, rows: byRow(content.weights) };
  if (!content.groups) return content;
  return indexed(content, JSON.parse(readFileSync(join(path, '../text.json'), 'utf8')));
}

/** Puts each file's index in its place; for esbuild. Parsing a text is quicker than running as much code. */
export const lexiconIndexed = {
  name: 'lexicon-indexed',
  setup({ onLoad }) {
    onLoad({ filter: LEXICON_FILE }, ({ path }) => {
      const text = JSON.stringify(JSON.stringify(lexiconFile(path)));
      return { contents: `export default JSON.parse(${text});`, loader: 'js' };
    });
  },
};

/**
 * Words, beginnings and pairs lead to what they tell: groups that are there for sure, and numbers of `phrases` (group
 * and pattern) that may be. `told` has the groups that bring others along, `forbidden` what each exception takes back.
 */
function indexed({ groups, sets, rewrite, endings }, { common, implies }) {
  const ranks = new Map(common.split(' ').map((word, rank) => [word, rank]));
  const phrases = [];
  const keys = new Map();
  const add = (key, told) => keys.set(key, [...(keys.get(key) ?? []), told]);
  for (const [group, row] of rowsOf(groups, sets)) {
    const whole = group.startsWith(NOT) ? [] : wholeKeys(row);
    for (const key of whole) add(key, group);
    if (whole.length > 0) continue;
    for (const key of requiredKeys(row, ranks)) add(key, phrases.length);
    phrases.push([group, patternOf(row)]);
  }
  const names = [...new Set([...Object.keys(groups), ...Object.values(implies).flat()])];
  const below = (group) => names.filter((name) => `${name}.`.startsWith(`${group.slice(NOT.length)}.`));
  const exceptions = Object.keys(groups).filter((group) => group.startsWith(NOT));
  const forbidden = Object.fromEntries(exceptions.map((group) => [group, below(group)]));
  return { rewrite, endings, phrases, ...sorted([...keys]), told: implies, forbidden };
}

/** Each row of weights with the features it is of, a line each: many have the same. */
function byRow(weights) {
  const rows = new Map();
  for (const [feature, row] of Object.entries(weights)) {
    const told = JSON.stringify(row);
    rows.set(told, [...(rows.get(told) ?? []), feature]);
  }
  return [...rows].map(([row, features]) => [JSON.parse(row), features.join('\n')]);
}

/** Keys of words, of beginnings ("chec*") and of pairs; pairs by their first word. */
function sorted(entries) {
  const [words, beginnings, pairs] = [{}, {}, new Map()];
  for (const [key, told] of entries) {
    const [one, other] = key.split(' ');
    if (other !== undefined) put(pairs, [one, other], told);
    else if (key.endsWith('*')) beginnings[key.slice(0, -1)] = told;
    else words[key] = told;
  }
  return { words, beginnings, pairs: Object.fromEntries(pairs) };
}

function put(pairs, [one, other], told) {
  if (!pairs.has(one)) pairs.set(one, {});
  pairs.get(one)[other] = told;
}

function rowsOf(groups, sets) {
  return Object.entries(groups).flatMap(([group, lines]) =>
    lines.flatMap((line) => alternatives(parsed(line, sets)).map((row) => [group, row])),
  );
}

/** The branches of a phrase that is one choice between phrases, each to be looked up by itself. */
function alternatives(row) {
  const [first] = row;
  if (row.length > 1 || !first.branches || first.optional) return [row];
  return first.branches.flatMap(alternatives);
}
