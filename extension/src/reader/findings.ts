// What a text holds, looked for when it is asked for, before anything is concluded from it.
import type { PhraseFile } from './lexicon_data';
import { lengthOf, type Opened } from './opened';
import { type Candidate, type Candidates, type PhraseBook, standsIn } from './phrases';

const NOT = 'not.';

/**
 * A name stands for its group of phrases and all those below it ("value" for "value.link").
 * In a sentence with an exception ("not.value") what it is an exception to does not count.
 */
export class Findings {
  /** By name, the groups that tell of it or of a name below it, each with that name. */
  private readonly toldBy = new Map<string, [group: string, name: string][]>();

  constructor(
    readonly text: Opened,
    private readonly file: Pick<PhraseFile, 'told' | 'forbidden'>,
    private readonly candidates: Candidates,
  ) {
    for (const group of candidates.keys()) if (!group.startsWith(NOT)) this.tell(group);
  }

  /** True if a phrase of one of these names is anywhere. */
  any(...names: string[]): boolean {
    return names.some((name) => !this.places(name).next().done);
  }

  /** The sentences with a phrase of one of these names; of those in `among`, where it is given. */
  at(names: string[], among?: Set<number>): Set<number> {
    return new Set(names.flatMap((name) => [...this.places(name, among)]));
  }

  /** The last names of what was found below this one. */
  below(stem: string): string[] {
    const names = new Set((this.toldBy.get(stem) ?? []).map(([, name]) => name));
    return [...names]
      .filter((name) => name.startsWith(`${stem}.`) && this.any(name))
      .map((name) => name.slice(stem.length + 1));
  }

  /** Words of all sentences but these. */
  wordsOutside(numbers: Set<number>): number {
    const inside = [...numbers].map((number) => lengthOf(this.text.lines[number]?.split(' ') ?? []));
    return inside.reduce((sum, length) => sum - length, lengthOf(this.text.words));
  }

  private tell(group: string): void {
    for (const name of [group, ...(this.file.told[group] ?? [])]) {
      for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1)) {
        const above = name.slice(0, end);
        const told = this.toldBy.get(above);
        if (told) told.push([group, name]);
        else this.toldBy.set(above, [[group, name]]);
      }
    }
  }

  private *places(asked: string, among?: Set<number>): Generator<number> {
    for (const [group, name] of this.toldBy.get(asked) ?? []) {
      for (const number of this.standing(group, among)) if (!this.isExcepted(name, number)) yield number;
    }
  }

  /** Where the phrases of a group stand; a phrase that does not is looked for but once. */
  private *standing(group: string, among?: Set<number>): Generator<number> {
    const rest = this.candidates.get(group) ?? [];
    for (let at = rest.length - 1; at >= 0; at -= 1) {
      const [number, phrase] = rest[at] as Candidate;
      if (among && !among.has(number)) continue;
      if (standsIn(phrase, this.text.lines[number] ?? '')) yield number;
      else rest.splice(at, 1);
    }
  }

  private isExcepted(name: string, number: number): boolean {
    const doubts = [...this.candidates.keys()].filter((group) => this.file.forbidden[group]?.includes(name));
    return doubts.some((group) => !this.standing(group, new Set([number])).next().done);
  }
}

export function findings(text: Opened, book: PhraseBook): Findings {
  return new Findings(text, book.file, book.candidates(text));
}
