import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: { alias: { api: at('./api'), ui: at('./ui/src') }, dedupe: ['react', 'react-dom'] },
  test: {
    include: ['{api,ui/src,console/src,tools/check,tests}/**/*.test.{ts,tsx}'],
    environment: 'jsdom',
    setupFiles: [at('./tests/setup.ts')],
    environmentOptions: { jsdom: { url: 'http://127.0.0.1:8686/' } },
    testTimeout: 15_000,
  },
});
