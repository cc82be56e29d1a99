import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { version } from '../composition/version.ts'
import { openApiOf } from './openapi.ts'

let town: Town
beforeAll(async () => {
  town = await startTown({ registrationSharedSecret: 'listed too', testClock: true })
})
afterAll(() => town[Symbol.asyncDispose]())

// After a change of a route: npx vitest run server/reference --update
it('docs/reference/openapi.json tells of every route, as it is', async () => {
  const text = `${JSON.stringify(openApiOf(town.http.routes(), version), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../docs/reference/openapi.json')
})
