// Draws the icons: a dark disc with a tuning fork's fading rings, as PNG bytes in any size.
import { deflateSync } from 'node:zlib';
import { crc32 } from './crc.mjs';

const GROUND = [36, 59, 83];
const RINGS = [
  { radius: 0.13, half: 0.13, colour: [255, 255, 255] },
  { radius: 0.26, half: 0.035, colour: [159, 200, 232] },
  { radius: 0.37, half: 0.025, colour: [98, 144, 184] },
];
const SAMPLES = 4;

/** The icon as a PNG file, `size` pixels square, with a transparent ground outside the disc. */
export function icon(size) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) rows.set(pixel(x, y, size), y * (size * 4 + 1) + 1 + x * 4);
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0]);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = deflateSync(rows, { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

function pixel(x, y, size) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const u = (x + ((i % SAMPLES) + 0.5) / SAMPLES) / size - 0.5;
    const v = (y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) / size - 0.5;
    const colour = colourAt(Math.hypot(u, v));
    if (!colour) continue;
    colour.forEach((value, channel) => {
      sum[channel] += value;
    });
    sum[3] += 1;
  }
  const covered = sum[3] || 1;
  return [sum[0] / covered, sum[1] / covered, sum[2] / covered, (sum[3] * 255) / (SAMPLES * SAMPLES)].map(Math.round);
}

function colourAt(distance) {
  if (distance > 0.5) return null;
  const ring = RINGS.find(({ radius, half }) => Math.abs(distance - radius) <= half);
  return ring && distance > 0 ? ring.colour : GROUND;
}

function chunk(name, body) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([head, named, sum]);
}
