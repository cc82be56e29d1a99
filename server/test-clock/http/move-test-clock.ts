/**
 * POST /api/v1/test-clock
 *
 * - Moves the server's clock forwards by `advance_ms`; never back. With `--test-clock` only.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { TestClock } from '../test-clock.ts'

const advanceMsMax = 100 * 366 * 24 * 3_600_000

export function moveTestClock({ testClock }: { testClock: TestClock }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/test-clock',
    operation: 'moveTestClock',
    needs: 'server.settings',
    body: Type.Object({ advance_ms: Type.Integer({ minimum: 0, maximum: advanceMsMax }) }),
    answer: Type.Object({ now_ms: Type.Integer(), ahead_ms: Type.Integer() }),
    async handle({ body }) {
      const nowMs = await testClock.advance(body.advance_ms)
      return { now_ms: nowMs, ahead_ms: testClock.aheadMs }
    },
  })
}
