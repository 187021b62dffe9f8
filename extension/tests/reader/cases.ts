// The labelled drafts of tests/reading/cases, which both readers are measured on.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LabelledDraft {
  id: string;
  channel?: string;
  subject?: string;
  text: string;
  [flag: string]: unknown;
}

/** `half` is build or held. The files hold one `key = JSON value` a line under [[draft]], a small part of TOML. */
export function drafts(half: string): LabelledDraft[] {
  const file = join(import.meta.dirname, '../../../tests/reading/cases', `drafts-${half}.toml`);
  const blocks = readFileSync(file, 'utf8').split('[[draft]]\n').slice(1);
  return blocks.map((block) => Object.fromEntries([...block.matchAll(/^(\w+) = (.*)$/gm)].map(entry)) as LabelledDraft);
}

function entry([, key = '', value = '']: RegExpMatchArray): [string, unknown] {
  return [key, JSON.parse(value)];
}
