/**
 * GET /api/v1/test-clock
 *
 * - The time of the server, milliseconds since 1970, and how far ahead of the world it is. With `--test-clock` only.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { TestClock } from '../test-clock.ts'

export function getTestClock({ testClock }: { testClock: TestClock }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/test-clock',
    operation: 'getTestClock',
    needs: 'server.settings',
    rate: 'read',
    answer: Type.Object({ now_ms: Type.Integer(), ahead_ms: Type.Integer() }),
    handle: async () => ({ now_ms: testClock.clock.nowMs(), ahead_ms: testClock.aheadMs }),
  })
}
