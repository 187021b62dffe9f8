// Decodes the tokens in Gmail's URLs into the thread ids of its API, without asking the page.

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const TOKEN_LETTERS = LETTERS + LETTERS.toLowerCase();

/** What a token names: a thread, and for a draft its message as well. */
export interface NamedThread {
  /** 16 hex digits as the API writes them; null for a thread that so far exists only in this browser. */
  threadId: string | null;
  /** `msg-a:r…` or `msg-f:…`, null when the token names no draft. */
  draft: string | null;
}

/** Reads a token such as `FMfcgz…`; null when it is none (a label, a search, a shortened token). */
export function decodeToken(token: string): NamedThread | null {
  const text = fromBase40(token);
  const parts = text?.match(/^(?:thread-)?(?:f:(\d{10,20})|a:r?-?\d+|a:[\w-]+)(?:\+(msg-[af]:[\w-]+))?$/);
  if (!parts) return null;
  return { threadId: parts[1] ? hexOf(parts[1]) : null, draft: parts[2] ?? null };
}

/** `1764…` as the API's hex thread id; null when it does not fit 64 bits. */
export function hexOf(decimal: string): string | null {
  const value = BigInt(decimal);
  return value < 1n << 64n ? value.toString(16) : null;
}

/**
 * The number written in 40 letters is the number its base-64 text makes in 64 letters: six bits a letter, and what is left
 * over of eight bits a byte stands at the end.
 */
function fromBase40(token: string): string | null {
  if (!/^[B-Zb-z]{12,160}$/.test(token)) return null;
  let number = 0n;
  for (const letter of token) {
    const digit = TOKEN_LETTERS.indexOf(letter);
    if (digit < 0) return null;
    number = number * 40n + BigInt(digit);
  }
  let text = '';
  number >>= BigInt((Math.ceil(number.toString(2).length / 6) * 6) % 8);
  for (; number > 0n; number >>= 8n) text = String.fromCharCode(Number(number & 255n)) + text;
  return text;
}
