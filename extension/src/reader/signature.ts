// A signature of a text that finds it again when it is sent twice and cannot give it back.
import { lower } from './fold';
import { pattern } from './sentences';

const MINIMA = 16;
const FEWEST_WORDS = 8;
const MOST_WORDS = 160;
const BITS_DROPPED = 12;
const SPREAD = 0x9e3779b1;
const LAST_ASCII = 0x7f;

/** The 16 smallest 20-bit hashes of the word triples in the first 160 words, ascending; empty below 8 words. */
export function signatureOf(body: string): number[] {
  const words = lower(body).match(pattern('signature_token')) ?? [];
  if (words.length < FEWEST_WORDS) return [];
  const said = words.slice(0, MOST_WORDS);
  const mixed = new Set<number>();
  for (let at = 2; at < said.length; at += 1) {
    const check = crc32(said[at] ?? '', crc32(said[at - 1] ?? '', crc32(said[at - 2] ?? '', 0)));
    mixed.add(Math.imul(check, SPREAD) >>> BITS_DROPPED);
  }
  return [...mixed].sort((a, b) => a - b).slice(0, MINIMA);
}

const encoder = new TextEncoder();
let table: Uint32Array | undefined;

/** Of the word in UTF-8; goes on from the check of what stands before. */
function crc32(word: string, before: number): number {
  table ??= crcTable();
  let crc = before ^ 0xffffffff;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if (code > LAST_ASCII) return crc32Of(encoder.encode(word), before, table);
    crc = (table[(crc ^ code) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function crc32Of(bytes: Uint8Array, before: number, known: Uint32Array): number {
  let crc = before ^ 0xffffffff;
  for (const byte of bytes) crc = (known[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, start) => {
    let crc = start;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc >>> 0;
  });
}
