import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('.'),
  plugins: [react()],
  resolve: {
    alias: { api: at('../api'), ui: at('../ui/src') },
    dedupe: ['react', 'react-dom'],
  },
  build: {
    target: ['es2022', 'chrome107', 'safari16'],
    outDir: at('dist'),
    manifest: true,
    emptyOutDir: true,
    assetsInlineLimit: 2048,
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
  },
  server: { port: 5173, proxy: { '/api': 'http://127.0.0.1:8686' } },
});
