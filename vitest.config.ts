import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// One PostgreSQL serves the whole run; the set-up file starts it and hands its address to the workers.
const postgresSetup = './testing/postgres-setup.ts'

export default defineConfig({
  test: {
    environment: 'node',
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '.chancery/**', 'data/**', 'web/dist/**'],
    globalSetup: existsSync(new URL(postgresSetup, import.meta.url)) ? [postgresSetup] : [],
    // Processes rather than threads: a test may change signals, limits or the working directory of its own.
    pool: 'forks',
    // PostgreSQL and, in the browser tests, Chromium work beside the tests, so more workers only make them wait.
    maxWorkers: Math.max(1, Math.min(4, availableParallelism())),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // A test that passes only the second time is a defect.
    retry: 0,
    passWithNoTests: false,
    restoreMocks: true,
    unstubGlobals: true,
  },
})
