import type { Log } from '#platform/api.ts'

/** A log that tells nobody of anything: for tests where there is one node and nothing that follows. */
export const quietLog: Pick<Log, 'append' | 'announce' | 'follow' | 'knownUpToMs' | 'reachNewest'> = {
  append: async () => [],
  announce: () => undefined,
  follow: () => undefined,
  knownUpToMs: () => Number.POSITIVE_INFINITY,
  reachNewest: async () => 0,
}
