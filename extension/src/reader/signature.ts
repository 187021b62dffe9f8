// A signature of a text that finds it again when it is sent twice and cannot give it back.
import { lower } from './fold';
import { pattern } from './sentences';

const MINIMA = 16;
const FEWEST_WORDS = 8;
const MOST_WORDS = 160;
const BITS_DROPPED = 12;

/** The 16 smallest 20-bit hashes of the word triples in the first 160 words, ascending; empty below 8 words. */
export function signatureOf(body: string): number[] {
  const words = lower(body).match(pattern('signature_token')) ?? [];
  if (words.length < FEWEST_WORDS) return [];
  const hashes = words.slice(0, MOST_WORDS).map(crc32);
  const mixed = new Set<number>();
  for (let at = 2; at < hashes.length; at += 1) {
    mixed.add(mix(hashes[at - 2] ?? 0, hashes[at - 1] ?? 0, hashes[at] ?? 0));
  }
  return [...mixed].sort((a, b) => a - b).slice(0, MINIMA);
}

function mix(a: number, b: number, c: number): number {
  const sum = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) + Math.imul(c, 0xc2b2ae35);
  return (sum >>> 0) >>> BITS_DROPPED;
}

const encoder = new TextEncoder();
let table: Uint32Array | undefined;

function crc32(word: string): number {
  table ??= crcTable();
  let crc = 0xffffffff;
  for (const byte of encoder.encode(word)) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, start) => {
    let crc = start;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc >>> 0;
  });
}
