import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '../town.ts'
import { TownPerson } from '../town-person.ts'
import { arbitraryRequest, type Known, type MadeUpRequest } from './arbitrary-request.ts'
import { readDocuments, specificationFolder } from './documents.ts'
import { takeViolations } from './recorder.ts'
import { Specification } from './specification.ts'
import { unsupported } from './unsupported.ts'

const folder = specificationFolder()
/** `npm run prove -- fuzz` asks for more, and names the seed. */
const requests = Number(process.env.CHANCERY_FUZZ ?? 600)
const seed = process.env.CHANCERY_FUZZ_SEED === undefined ? undefined : Number(process.env.CHANCERY_FUZZ_SEED)
const answerLimitMs = 10_000
/** They end the session that asks. */
const farewells = new Set(['logout', 'logout_all', 'deactivateAccount', 'deleteDevice', 'deleteDevices'])

describe.skipIf(folder === undefined)('requests made up from the specification', () => {
  let specification: Specification
  let town: Town
  let alice: TownPerson
  let known: Known
  beforeAll(async () => {
    specification = new Specification(readDocuments(folder as string))
    town = await startTown()
    const [first, bob] = await town.people('alice', 'bob')
    alice = first
    const room = await alice.createRoom({ preset: 'public_chat', room_alias_name: 'quay', name: 'Quay' })
    const foreign = await bob.createRoom({ name: 'Not hers' })
    const events = [await alice.say(room, 'one'), await bob.say(foreign, 'two')]
    const people = [alice.id, bob.id, '@nobody:town.example']
    known = {
      ...{ roomId: [room, foreign], room_id: [room, foreign], roomIdOrAlias: [room, '#quay:town.example'] },
      ...{ eventId: events, event_id: events, userId: people, user_id: people, roomAlias: ['#quay:town.example'] },
      ...{ eventType: ['m.room.message', 'm.room.name', 'm.x'], type: ['m.x', 'm.direct', 'm.login.password'] },
      ...{ stateKey: ['', alice.id], txnId: ['1', '2'], receiptType: ['m.read', 'm.fully_read'], kind: ['override'] },
      ...{ relType: ['m.thread', 'm.annotation'], keyName: ['displayname', 'm.x'], deviceId: [alice.deviceId] },
      ...{ serverName: ['town.example'], mediaId: ['x'], filterId: ['0'], version: ['1'], visibility: ['public'] },
      ...{ rel_type: ['m.thread'], preset: ['public_chat', 'private_chat'], room_version: ['12', '11', '1'] },
    }
  })
  afterAll(() => town[Symbol.asyncDispose]())

  it('are answered, never with a failure, and as the specification says', { timeout: 3_600_000 }, async () => {
    const operations = specification.operations.filter(({ id }) => unsupported[id] === undefined)
    const property = fc.asyncProperty(arbitraryRequest(specification, operations, known), answered)
    await fc.assert(property, {
      numRuns: requests,
      ...(seed !== undefined && { seed }),
      interruptAfterTimeLimit: 3_000_000,
    })
    // And everybody else goes on.
    expect(await alice.say(await alice.createRoom(), 'still here')).toMatch(/^\$/)
  })

  async function answered(request: MadeUpRequest): Promise<void> {
    const { method, path, body } = request
    const asker = farewells.has(request.operation) ? await town.signIn('alice') : alice
    const answer = await asker.call(method, path, {
      ...(body !== undefined && { raw: body }),
      signal: AbortSignal.timeout(answerLimitMs),
    })
    if (request.operation === 'logout_all') alice = await TownPerson.signIn(() => town.url, 'alice', townPassword)
    // What the server takes although it is not asked for is its kindness; what it answers is its promise.
    const broken = takeViolations().filter((one) => !one.includes('The request is not what'))
    expect(broken, JSON.stringify(request)).toEqual([])
    expect(answer.status, `${JSON.stringify(request)} → ${answer.text.slice(0, 300)}`).toBeLessThan(500)
    if (answer.status >= 400 && answer.status !== 401) expect(answer.json?.errcode, answer.text).toMatch(/^[A-Z_]+$/)
  }
})
