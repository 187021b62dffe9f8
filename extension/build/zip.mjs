// Packs a folder into a zip whose bytes depend on the files alone: sorted names, one fixed date, no extra fields.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { crc32 } from './crc.mjs';

const DOS_DATE_1980_01_01 = 0x21;

/** Writes `folder` to `target`; the same files give the same bytes. */
export function zip(folder, target) {
  const names = filesBelow(folder).sort();
  const entries = [];
  const parts = [];
  let offset = 0;
  for (const name of names) {
    const entry = entryOf(name, readFileSync(join(folder, name)), offset);
    entries.push(entry);
    parts.push(entry.local, entry.body);
    offset += entry.local.length + entry.body.length;
  }
  const directory = Buffer.concat(entries.map((entry) => entry.central));
  writeFileSync(target, Buffer.concat([...parts, directory, endOf(entries.length, directory.length, offset)]));
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function entryOf(name, content, offset) {
  const body = deflateRawSync(content, { level: 9 });
  const bytes = Buffer.from(name, 'utf8');
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x0800, 2);
  common.writeUInt16LE(8, 4);
  common.writeUInt16LE(0, 6);
  common.writeUInt16LE(DOS_DATE_1980_01_01, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(body.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(bytes.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, bytes]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, bytes]);
  return { local, body, central };
}

function endOf(count, size, offset) {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
