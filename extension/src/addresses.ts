// Finds mail addresses in attribute values and short texts, in lower case.

/** Spaces, quotes, brackets, and the marks that editors and right-to-left pages put around a chip, end an address. */
const END = '\\s<>"\'`(),:;@[\\]\\\\\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff';
/** The last label is two letters or more of any script: no ASCII sign but the hyphen, and no typographic sign. */
const LABEL = '[^\\s\\x00-,./:-@[-`{-~\u2000-\u206f\u3000-\u303f\uff00-\uff0f\ufeff]{2,}';
const ADDRESS = new RegExp(`[^${END}]+@[^${END}]+\\.${LABEL}`, 'g');
const MARKS = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Every address in `text`, in order, once each. */
export function addressesIn(text: string | null | undefined): string[] {
  if (!text?.includes('@')) return [];
  return unique(Array.from(text.matchAll(ADDRESS), ([found]) => found.toLowerCase()));
}

/** The address `text` consists of, bare or as `Name <address>`; null when there is none or more than one. */
export function addressOf(text: string | null | undefined): string | null {
  const [first, second] = addressesIn(text);
  return first && !second ? first : null;
}

/** `text` without the invisible marks editors put around chips, and trimmed. */
export function plain(text: string | null | undefined): string {
  return (text ?? '').replace(MARKS, '').replace(/\s+/g, ' ').trim();
}

/** All recipients, whatever their role. */
export function everybody({ to, cc, bcc }: Record<'to' | 'cc' | 'bcc', string[]>): string[] {
  return [...to, ...cc, ...bcc];
}

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
