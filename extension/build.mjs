// Builds the extension into dist/: unpacked and zipped for Chrome and Firefox, and the script of the backend's /try page.
// AFTERTOUCH_TEST=1 builds the test variants; AFTERTOUCH_BASE_URL sets the backend's origin.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { icon } from './build/icons.mjs';
import { lexiconIndexed } from './build/lexicon.mjs';
import { HOSTS, manifest } from './build/manifest.mjs';
import { zip } from './build/zip.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const test = process.env.AFTERTOUCH_TEST === '1';
const backend = new URL(process.env.AFTERTOUCH_BASE_URL || 'http://127.0.0.1:8025').origin;
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/** A style sheet imported by a script is its minified text. */
const cssAsText = {
  name: 'css-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome119', 'firefox140'],
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [cssAsText, lexiconIndexed],
  define: { __BACKEND__: JSON.stringify(backend), __TEST__: String(test), __FIREFOX__: 'false' },
};

/** What the content scripts ask the worker for when it is first needed. */
const LATER = {
  banner: `import { hand } from './chunks'; import { createBanner } from './banner'; hand('banner', createBanner);`,
  reader: `import { hand } from './chunks'; import { readDraft } from './reader/index'; hand('reader', readDraft);`,
  shape: `import { hand } from './chunks'; import { genericComposes } from './hosts/generic'; hand('shape', genericComposes);`,
};

async function buildFor(browser) {
  const out = join(here, 'dist', test ? `${browser}-test` : browser);
  rmSync(out, { recursive: true, force: true });
  await build({
    ...shared,
    entryPoints: {
      background: 'src/background.ts',
      popup: 'src/popup/popup.ts',
      options: 'src/options/options.ts',
    },
    outdir: out,
  });
  const define = { ...shared.define, __FIREFOX__: String(browser === 'firefox') };
  await Promise.all([
    ...Object.keys(HOSTS).map((host) => buildHost(host, out, define)),
    ...Object.entries(LATER).map(([name, contents]) => buildPart(name, contents, out, define)),
  ]);
  for (const page of ['popup', 'options']) cpSync(join(here, `src/${page}/${page}.html`), join(out, `${page}.html`));
  const panel = readFileSync(join(here, 'src/popup/popup.html'), 'utf8').replace('class="popup"', 'class="panel"');
  writeFileSync(join(out, 'panel.html'), panel);
  if (browser === 'firefox') cpSync(join(here, 'src/alive.css'), join(out, 'alive.css'));
  cpSync(join(here, 'src/pages.css'), join(out, 'pages.css'));
  cpSync(join(here, '_locales'), join(out, '_locales'), { recursive: true });
  mkdirSync(join(out, 'icons'));
  for (const size of [16, 32, 48, 128]) writeFileSync(join(out, `icons/${size}.png`), icon(size));
  const text = JSON.stringify(manifest({ browser, backend, test, version }), null, 2);
  writeFileSync(join(out, 'manifest.json'), `${text}\n`);
  zip(out, `${out}.zip`);
}

/**
 * One content script per host, so that a page loads the code of its own host alone. What only a page with an editor needs
 * stands in a function that runs then: until that the browser does not even set up what it defines.
 */
async function buildHost(host, out, define) {
  const start = `import { begin } from './content'; import { ${host}Editor } from './hosts/editable'; begin(awake, ${host}Editor);`;
  const later = `import { awake } from './awake'; import { ${host} } from './hosts/${host}'; companion = awake(${host}, given);`;
  const [first, second] = await Promise.all([start, later].map((contents) => textOf(contents, define)));
  const text = `((awake)=>{${first}})((given)=>{let companion;${second}return companion});\n`;
  writeFileSync(join(out, `${host}.js`), text);
}

async function textOf(contents, define) {
  const built = await build({
    ...shared,
    format: 'esm',
    charset: 'ascii',
    define,
    stdin: inSrc(contents),
    write: false,
  });
  return built.outputFiles[0].text.trim();
}

function inSrc(contents) {
  return { contents, resolveDir: join(here, 'src'), loader: 'ts' };
}

function buildPart(name, contents, out, define) {
  return build({
    ...shared,
    define,
    stdin: inSrc(contents),
    outfile: join(out, `${name}.js`),
  });
}

async function buildTry() {
  await build({ ...shared, entryPoints: { try: 'src/try.ts' }, outdir: join(here, 'dist/try') });
  const served = join(here, '../app/web/static/built');
  mkdirSync(served, { recursive: true });
  cpSync(join(here, 'dist/try/try.js'), join(served, 'try.js'));
}

await Promise.all([buildFor('chrome'), buildFor('firefox'), ...(test ? [] : [buildTry()])]);
