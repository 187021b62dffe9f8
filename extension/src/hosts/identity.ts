// Gives every compose one key for as long as it lives: through moving, minimising and being rebuilt by the page.
import { everybody } from '../addresses';
import type { Found } from './host';

interface Known {
  key: string;
  mark: string | null;
  people: ReadonlySet<string>;
}

/**
 * Call the result with every reading; it answers the keys in the same order. Keys of one reading differ. `awaited` has the
 * keys of composes that may come back although they were not found this time.
 */
export function createIdentities(): (found: readonly Found[], awaited: Pick<Set<string>, 'has'>) => string[] {
  const byElement = new WeakMap<Element, Known>();
  const byMark = new Map<string, Known>();
  let latest: Known[] = [];
  let count = 0;

  const recognise = (found: Found, people: ReadonlySet<string>, present: ReadonlySet<string | null>) => {
    const marked = found.mark ? byMark.get(found.mark) : undefined;
    if (marked) return marked;
    const held = [found.editor, found.root]
      .map((element) => element && byElement.get(element))
      .find((known) => !!known);
    if (held && !present.has(held.mark) && mayBeOne(held, found.mark, people)) return held;
    return latest.find((known) => !present.has(known.mark) && holdsAll(people, known.people));
  };

  const fresh = (found: Found): string => {
    count += 1;
    return found.mark && !byMark.has(found.mark)
      ? `m-${found.mark.replace(/[^\w:.-]/g, '').slice(0, 40)}`
      : `c-${count}`;
  };

  return (all, awaited) => {
    const present = new Set(all.map(({ mark }) => mark).filter(Boolean));
    const taken = new Set<string>();
    const now = all.map((found) => {
      const people = new Set(everybody(found.recipients));
      const before = recognise(found, people, present);
      const key = before && !taken.has(before.key) ? before.key : fresh(found);
      const known = { key: taken.has(key) ? `c-${++count}` : key, mark: found.mark, people };
      taken.add(known.key);
      byElement.set(found.root, known);
      if (found.editor) byElement.set(found.editor, known);
      if (found.mark) byMark.set(found.mark, known);
      return known;
    });
    latest = [...now, ...latest.filter(({ key }) => !taken.has(key) && awaited.has(key))];
    return now.map(({ key }) => key);
  };
}

/** The same element under another mark is the same compose unless it is addressed to entirely different people. */
function mayBeOne(known: Known, mark: string | null, people: ReadonlySet<string>): boolean {
  if (!known.mark || !mark || !people.size || !known.people.size) return true;
  return [...people].some((person) => known.people.has(person));
}

/** Somebody may have been added while the page built it anew. */
function holdsAll(people: ReadonlySet<string>, known: ReadonlySet<string>): boolean {
  return known.size > 0 && [...known].every((one) => people.has(one));
}
