// Unit tests run in happy-dom; the browser tests live in ../tests/e2e.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LEXICON_FILE, lexiconFile } from './build/lexicon.mjs';

/** As in the build: a style sheet imported by a script is text. */
const cssAsText = {
  name: 'css-as-text',
  enforce: 'pre' as const,
  load: (id: string) => (id.endsWith('.css') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : null),
};

/** As in the build: phrases come indexed. */
const lexiconIndexed = {
  name: 'lexicon-indexed',
  enforce: 'pre' as const,
  load: (id: string) => (LEXICON_FILE.test(id) ? JSON.stringify(lexiconFile(id)) : null),
};

export default defineConfig({
  plugins: [cssAsText, lexiconIndexed],
  define: { __TEST__: 'true', __FIREFOX__: 'false', __BACKEND__: '"http://127.0.0.1:8025"' },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], setupFiles: ['tests/layout.ts'] },
});
