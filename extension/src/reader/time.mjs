// How long the reader takes in V8: `{drafts, hostile}` on stdin, milliseconds on stdout. For `make bench`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { lexiconIndexed } from '../../build/lexicon.mjs';

const ROUNDS = 30;

const { drafts, hostile } = JSON.parse(readFileSync(0, 'utf8'));
const here = dirname(fileURLToPath(import.meta.url));
const { outputFiles } = await build({
  entryPoints: [join(here, 'index.ts')],
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'reader',
  plugins: [lexiconIndexed],
  write: false,
});
const script = new Script(`${outputFiles[0].text};reader.readDraft`);

/** CPU time, for the clock on the wall runs on when others use the machine. */
function took(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function median(times) {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

let read;
const first = took(() => {
  read = script.runInThisContext();
  read('email', '', drafts[0]);
});
const steady = Array.from({ length: ROUNDS }, () => took(() => drafts.map((draft) => read('email', '', draft))));
const slowest = Math.max(...hostile.map((text) => median([1, 2, 3].map(() => took(() => read('email', '', text))))));
console.log(JSON.stringify({ first, draft: median(steady) / drafts.length, hostile: slowest }));
