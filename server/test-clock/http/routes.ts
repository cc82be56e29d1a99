import type { Route } from '#platform/api.ts'
import type { TestClock } from '../test-clock.ts'
import { getTestClock } from './get-test-clock.ts'
import { moveTestClock } from './move-test-clock.ts'

/** Only where the data directory was born with `--test-clock`. */
export function testClockRoutes(testClock: TestClock): Route[] {
  return [getTestClock({ testClock }), moveTestClock({ testClock })]
}
