// Two projects: what needs a page runs in jsdom (*.test.tsx), all else in plain Node (*.test.ts).
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const resolve = { alias: { api: at('./api'), ui: at('./ui/src') }, dedupe: ['react', 'react-dom'] };
const folders = '{api,ui/src,console/src,tools/check}/**';

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { resolve, test: { name: 'node', include: [`${folders}/*.test.ts`], environment: 'node', testTimeout: 20_000 } },
      {
        resolve,
        test: {
          name: 'page',
          include: [`${folders}/*.test.tsx`],
          environment: 'jsdom',
          environmentOptions: { jsdom: { url: 'http://127.0.0.1:8686/' } },
          setupFiles: [at('./tests/setup.ts')],
          testTimeout: 20_000,
          isolate: false,
        },
      },
    ],
  },
});
