// Debian's Chromium against the real server that ./suite starts; no browser is downloaded. One worker: the stories
// share one record, and two cores serve browser and server alike.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: process.env['TILTH_REPORT'] ?? 'test-results/report.json' }]],
  use: {
    baseURL: process.env['TILTH_BASE'] ?? 'http://127.0.0.1:8686',
    launchOptions: {
      executablePath: process.env['TILTH_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
