// What the extension's reader says of labelled drafts; tests/reading/test_outbound_parity.py holds it against the server's.
import { describe, expect, it } from 'vitest';
import { readDraft, type Signals } from '../../src/reader/index';
import { drafts, type LabelledDraft } from './cases';

const SAMPLE =
  'Hi Dana,\n\nFollowing up on our talk: I wrote up how we cut returns by 18 percent, attached.\n\nBest,\nAna';
const LONGEST = 65_536;

function read(row: LabelledDraft): Signals {
  return readDraft(row.channel ?? 'email', row.subject ?? '', row.text);
}

const WORDS: Record<string, (signals: Signals) => boolean> = {
  annoyed: (signals) => signals.annoyed,
  empty: (signals) => signals.empty,
  adds_value: (signals) => signals.value_score >= 1,
};

/** Precision and recall at least: the product's bar for drafts learned from; those of `held` were never learned from. */
const FLOORS: Record<string, Record<string, [number, number]>> = {
  build: { annoyed: [0.92, 0.8], empty: [0.92, 0.85], adds_value: [0.92, 0.85] },
  held: { annoyed: [0.9, 0.95], empty: [0.86, 0.97], adds_value: [0.89, 0.97] },
  'floors-held': { annoyed: [0.94, 0.74], empty: [0.92, 0.85], adds_value: [0.92, 0.84] },
  'desks-held': { annoyed: [0.9, 0.77], empty: [0.92, 0.85], adds_value: [0.92, 0.85] },
};

/** Every draft is read once, for all three words. */
const READ = Object.keys(FLOORS).map((half) => ({ half, told: drafts(half).map((row) => ({ row, said: read(row) })) }));

describe.each(Object.keys(WORDS))('labelled drafts: %s', (word) => {
  it.each(READ)('$half drafts are read as people read them', ({ half, told }) => {
    const judged = told.filter(({ row }) => word !== 'empty' || !row.annoyed);
    const rows = judged.map(({ row }) => row);
    const said = judged.filter((each) => WORDS[word]?.(each.said));
    const hits = said.filter(({ row }) => row[word]).length;
    const [precision = 1, recall = 1] = FLOORS[half]?.[word] ?? [];
    expect(rows.length).toBeGreaterThan(100);
    expect(hits / said.length).toBeGreaterThanOrEqual(precision);
    expect(hits / rows.filter((row) => row[word]).length).toBeGreaterThanOrEqual(recall);
  });
});

it('signals hold names and numbers of closed lists, and no word of the draft', () => {
  const signals = readDraft('email', 'canaryq subject', `${SAMPLE} canaryq canaryq canaryq`);
  expect(JSON.stringify(signals)).not.toContain('canaryq');
  expect(signals.value).toContain('work_sample');
});

it('a quote and a signature below the draft change nothing', () => {
  const quote = '\n\nOn Mon, Nov 9, 2026 at 9:00 AM Rita <rita@acme.example> wrote:\n> Thanks for nothing.';
  expect(readDraft('email', '', SAMPLE + quote)).toEqual(readDraft('email', '', SAMPLE));
});

it('a language without a lexicon is named and not judged', () => {
  const signals = readDraft('email', '', "Je vous écris pour savoir où en est ma candidature, c'est inacceptable !!!");
  expect(signals).toMatchObject({ language: 'fr', annoyed: false, empty: false, value: [] });
});

it.each([
  'On ',
  'a.',
  'a-',
  'a@a.',
  '> \n',
  'From: a\nSent: b\n',
  'On 1 wrote\n',
  '?!',
  'you said that you ',
  'é',
  '🙃',
])('64 KB of %j are read in time', (piece) => {
  const text = piece.repeat(LONGEST / piece.length);
  readDraft('email', '', SAMPLE);
  const start = process.cpuUsage();
  readDraft('email', text, text);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(100);
});
