// What a text was found to hold, before anything is concluded from it.
import { lengthOf, type Opened } from './opened';
import type { PhraseBook, Places } from './phrases';

/** `places` has for each group of phrases its sentences; each group comes with the names above it ("value"). */
export class Findings {
  constructor(
    readonly text: Opened,
    private readonly places: Places,
  ) {}

  /** The sentences with a group of one of these names, or one below it. */
  at(...names: string[]): Set<number> {
    return new Set(names.flatMap((name) => [...(this.places.get(name) ?? [])]));
  }

  /** True if a group of one of these names, or one below it, is anywhere. */
  any(...names: string[]): boolean {
    return names.some((name) => this.places.has(name));
  }

  /** The last names of the groups right below this one. */
  below(stem: string): string[] {
    return [...this.places.keys()]
      .filter((name) => name.startsWith(`${stem}.`))
      .map((name) => name.slice(stem.length + 1));
  }

  /** Words of the sentences of whose numbers this is true. */
  wordsWhere(counts: (number: number) => boolean): number {
    return this.text.lines.reduce((sum, line, number) => sum + (counts(number) ? lengthOf(line) : 0), 0);
  }
}

export function findings(text: Opened, book: PhraseBook): Findings {
  const places = book.places(text);
  for (const [group, at] of [...places]) {
    const names = group.split('.');
    for (let end = 1; end < names.length; end += 1) {
      const above = names.slice(0, end).join('.');
      places.set(above, new Set([...(places.get(above) ?? []), ...at]));
    }
  }
  return new Findings(text, places);
}
