// What every host needs of the DOM: visibility, climbing to a compose's root, merging recipients.
import { addressOf, plain, unique } from '../addresses';
import type { Recipients } from './host';

const CLIMB = 30;

export function all(root: ParentNode, selector: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(selector)];
}

export function fieldValue(element: Element | null): string {
  return (element as HTMLInputElement | null)?.value ?? '';
}

/** Is it rendered with a size? */
export function isVisible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width + height > 0 && element.checkVisibility({ visibilityProperty: true });
}

/** Does it end before `other` begins? */
export function isBefore(element: Element, other: Element): boolean {
  return !!(element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) && !element.contains(other);
}

/** The nearest ancestor of `start` (or itself) that `holds` accepts, within 30 steps and below the body. */
export function climb(start: Element, holds: (element: Element) => boolean): Element | null {
  let node: Element | null = start;
  for (let step = 0; node && node !== node.ownerDocument.body && step < CLIMB; step++, node = node.parentElement) {
    if (holds(node)) return node;
  }
  return null;
}

/** Recipients in their roles; an address stands once, in the first role it was seen in. */
export function recipientsOf(chips: Iterable<Chip>): Recipients {
  const roles: Record<Role, string[]> = { to: [], cc: [], bcc: [] };
  const unresolved: string[] = [];
  const seen = new Set<string>();
  let rolesKnown = true;
  for (const { role, address, name } of chips) {
    if (!address && name) unresolved.push(name);
    if (!address || seen.has(address)) continue;
    seen.add(address);
    roles[role ?? 'to'].push(address);
    rolesKnown &&= role !== null;
  }
  return { ...roles, roles_known: rolesKnown, unresolved: unique(unresolved) };
}

export type Role = 'to' | 'cc' | 'bcc';

/** One recipient as the page shows it; `role` null means the page does not say. */
export interface Chip {
  role: Role | null;
  address: string | null;
  name: string;
}

const ADDRESS_ATTRIBUTES = ['data-hovercard-id', 'email', 'data-email', 'title', 'aria-label'];
/** Elements that may say an address elsewhere than in their text. */
export const ADDRESSED = ADDRESS_ATTRIBUTES.map((name) => `[${name}]`).join();

/** The first of an element's attributes that holds exactly one address. */
export function addressIn(element: Element): string | null {
  for (const name of ADDRESS_ATTRIBUTES) {
    const found = addressOf(element.getAttribute(name));
    if (found) return found;
  }
  return null;
}

/** What a recipient's element says: an address on it or on a part of it, or `Name <address>`, or a name alone. */
export function chipOf(chip: Element, role: Role | null): Chip {
  const marked = [chip, ...all(chip, ADDRESSED)].map(addressIn).find(Boolean);
  const name = chip.getAttribute('data-name') || plain(chip.textContent) || plain(chip.getAttribute('aria-label'));
  return { role, address: marked ?? addressOf(chip.textContent) ?? addressOf(name), name };
}

/** Tells what lies in a layer above `root`'s own parts: suggestions and cards about people do. */
export function floatingIn(root: Element): (element: Element | null) => boolean {
  const known = new Map<Element, boolean>();
  const floats = (element: Element | null): boolean => {
    if (!element || element === root) return false;
    const told =
      known.get(element) ??
      (/absolute|fixed/.test(getComputedStyle(element).position) || floats(element.parentElement));
    known.set(element, told);
    return told;
  };
  return floats;
}
