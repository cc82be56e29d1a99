import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// One PostgreSQL serves the whole run; the set-up file starts it and hands its address to the workers.
const postgresSetup = './testing/postgres-setup.ts'
// The specification is read once as well, and what goes over the wire is held against it.
const conformanceSetup = './testing/conformance/setup.ts'
const outside = ['**/node_modules/**', '.chancery/**', 'data/**', 'web/dist/**']
const browserTests = ['**/*.browser.test.ts', 'web/journeys/*.test.ts']

const everyTest = {
  environment: 'node' as const,
  // Processes rather than threads: a test may change signals, limits or the working directory of its own.
  pool: 'forks' as const,
  // A test that passes only the second time is a defect.
  retry: 0,
  restoreMocks: true,
  unstubGlobals: true,
  teardownTimeout: 20_000,
}

export default defineConfig({
  test: {
    // What a test that passed wrote helps nobody.
    silent: 'passed-only',
    globalSetup: [postgresSetup, conformanceSetup].filter((file) => existsSync(new URL(file, import.meta.url))),
    passWithNoTests: false,
    projects: [
      {
        test: {
          ...everyTest,
          name: 'all',
          setupFiles: ['./testing/conformance/hooks.ts'],
          include: ['**/*.test.ts'],
          exclude: [...outside, ...browserTests],
          // PostgreSQL works beside the tests, so more workers than cores only make them wait.
          maxWorkers: Math.min(4, availableParallelism()),
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...everyTest,
          name: 'browser',
          include: browserTests,
          exclude: outside,
          // A browser, a server and PostgreSQL fill two cores: one file at a time, after all others.
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
