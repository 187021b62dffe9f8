// Unit tests run in happy-dom; the browser tests live in ../tests/e2e.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __TEST__: 'true', __BACKEND__: '"http://127.0.0.1:8025"' },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
});
