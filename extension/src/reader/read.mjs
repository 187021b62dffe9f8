// Bundles cli.ts in memory and runs it, so that `npm run read` needs no build.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lexiconIndexed } from '../../build/lexicon.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { outputFiles } = await build({
  entryPoints: [join(here, 'cli.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  charset: 'utf8',
  plugins: [lexiconIndexed],
  write: false,
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
await import(`data:text/javascript;base64,${code}`);
