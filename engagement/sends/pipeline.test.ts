import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SendOutcome } from '#channels/api.ts'
import { limits } from '#platform/api.ts'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { dying, fuse, purposeIds, SendHouse } from '#testing/send-house.ts'
import { attemptState } from './attempt-states.ts'

let database: TestDatabase
let house: SendHouse
let node: Awaited<ReturnType<SendHouse['node']>>
beforeEach(async () => {
  database = await testDatabase()
  house = new SendHouse(database)
  node = await house.node()
})
afterEach(() => database.dispose())

/** Everything that is due now, in all parts, until nothing is. */
async function work(by = node): Promise<void> {
  for (let n = 0; n < 6; n++) {
    while (await by.pipeline.round()) {}
    await by.pipeline.settled()
    await by.lookUps.round()
    await by.decider.round()
  }
}
const states = async (publicId: string) => (await house.send(publicId)).attempts.map(({ state }) => attemptState(state))
const failure = (more: Partial<Extract<SendOutcome, { state: 'failed' }>>): { answers: SendOutcome } => ({
  answers: { state: 'failed', isPermanent: true, code: '30003', reason: 'unreachable', ...more },
})

describe('a send', () => {
  it('goes to the provider once, and its words are kept sealed', async () => {
    const id = await house.add(node)
    await work()
    await work()
    expect(house.channel('sms').taken).toHaveLength(1)
    const { attempts, sealed, outcome } = await house.send(id)
    expect(attempts).toMatchObject([{ state: 3, reference: 'sms-0', channelId: 'sms' }])
    expect(outcome).toBeNull()
    expect(sealed?.toString('latin1')).not.toContain('Good morning')
  })

  it('is over at its deadline, or when it has arrived', async () => {
    const [first, second] = [await house.add(node), await house.add(node)]
    await work()
    const { attempts } = await house.send(first)
    await node.outcomes.hear(attempts.map((attempt) => ({ attempt, state: 'delivered' })))
    expect((await house.send(first)).outcome).toBe('delivered')
    await house.clock.advance(limits.sendDeadlineMs)
    await work()
    expect(await house.send(second)).toMatchObject({ outcome: 'accepted', tasks: [] })
  })

  it('goes no way whose gate is shut when its turn comes', async () => {
    const id = await house.add(node)
    house.shut.set(`11 ${purposeIds.consent}`, 'stopped')
    house.shut.set(`12 ${purposeIds.consent}`, 'stopped')
    await work()
    expect(house.channel('sms').asked).toEqual([])
    expect(await house.send(id)).toMatchObject({ outcome: 'withheld', tasks: [] })
    expect(await states(id)).toEqual(['withheld'])
  })

  it('that the law demands goes by the next channel, and becomes one task where there is none', async () => {
    const id = await house.add(node, { purposeId: purposeIds['legal-duty'] })
    house.shut.set('11', 'stopped')
    await work()
    expect(house.channel('mail').taken).toHaveLength(1)
    house.shut.set('12', 'bounced')
    const other = await house.add(node, { purposeId: purposeIds['legal-duty'], way: wayBy('sms', 11) })
    await work()
    await work()
    expect(await house.send(other)).toMatchObject({ outcome: 'withheld', tasks: ['not-delivered'] })
    expect(await states(id)).toEqual(['withheld', 'accepted'])
  })

  it('waits while she is being asked, and goes when she has answered', async () => {
    const id = await house.add(node)
    for (const where of ['11', '12']) house.shut.set(where, 'held')
    await work()
    expect((await house.send(id)).outcome).toBeNull()
    house.shut.clear()
    await house.clock.advance(60_000)
    await work()
    expect(await states(id)).toEqual(['withheld', 'accepted'])
  })

  it('reads the gate again when it was not handed over in time', async () => {
    let times = 0
    house.whileAtGate = async () => {
      times += 1
      if (times === 2) await house.clock.advance(limits.sendingGoodMs + 1)
      if (times === 3) house.shut.set(`11 ${purposeIds.consent}`, 'stopped')
    }
    const id = await house.add(node)
    await work()
    expect(house.channel('sms').asked).toEqual([])
    expect((await states(id))[0]).toBe('withheld')
  })

  it('does not leave in her quiet hours, and is not lost', async () => {
    house.preferences = { quietHours: { from: '12:00', to: '20:00', timeZone: 'UTC' } }
    const dueTs = await database.postgres.transaction((tx) =>
      node.quiet.dueTs(tx, { kind: 'message', personId: 1, deadlineTs: Number.MAX_SAFE_INTEGER, basis: 'consent' }),
    )
    const id = await house.add(node, { dueTs })
    await work()
    expect(house.channel('sms').asked).toEqual([])
    await house.clock.advance(7 * 3_600_000)
    await work()
    expect(await states(id)).toEqual(['accepted'])
  })
})

describe('a provider that refuses', () => {
  it('for the moment is asked again later, each time later, and never sooner than it wants', async () => {
    house.channels.delete('mail')
    house.channel('sms').script = () =>
      failure({ isPermanent: false, reason: 'throttled', code: '20429', retryAfterMs: 30_000 })
    const id = await house.add(node)
    await work()
    await house.clock.advance(29_000)
    await work()
    expect(house.channel('sms').asked).toHaveLength(1)
    house.channel('sms').script = () => ({ answers: 'accepted' })
    await house.clock.advance(20_000)
    await work()
    expect(await states(id)).toEqual(['failed', 'accepted'])
  })

  it('at the moment is stood in for by another one of that kind', async () => {
    const { FakeChannel } = await import('#testing/fake-channel.ts')
    house.channels.set('sms-2', new FakeChannel('sms', { id: 'sms-2' }))
    house.channel('sms').script = () => failure({ isPermanent: false, reason: 'provider', code: '500' })
    const id = await house.add(node)
    await work()
    expect((await house.send(id)).attempts.map(({ channelId }) => channelId)).toEqual(['sms', 'sms-2'])
  })

  it('for good is followed by the next channel, and by one task when there is no other', async () => {
    for (const kind of ['sms', 'mail']) house.channel(kind).script = () => failure({})
    const id = await house.add(node)
    await work()
    await work()
    const send = await house.send(id)
    expect(send.attempts.map(({ channelId }) => channelId)).toEqual(['sms', 'mail'])
    expect(send).toMatchObject({ outcome: 'failed', tasks: ['not-delivered'] })
  })

  it('because she said stop there is a STOP, and closes that sender', async () => {
    house.channel('sms').script = () => failure({ reason: 'stopped', code: '21610' })
    await house.add(node)
    await work()
    expect(house.stops).toMatchObject([{ addressId: 11, scope: { purposeId: purposeIds.consent }, source: 'provider' }])
    expect(house.closed).toEqual(['11 sms'])
  })

  it('is not asked again after she complained, and that she got it stands', async () => {
    const id = await house.add(node)
    await work()
    const { attempts } = await house.send(id)
    const hear = (state: 'delivered' | 'failed', more: object = {}) =>
      node.outcomes.hear(attempts.map((attempt) => ({ attempt, state, ...more })))
    await hear('delivered')
    await hear('failed', { failure: 'stopped', code: 'complaint', isFinal: true })
    expect([await states(id), house.suppressed, house.closed]).toEqual([['delivered'], ['11 complained'], []])
  })

  it('because she said stop there means what had come before, and not what never came', async () => {
    await house.add(node, { purposeId: purposeIds.library })
    await work()
    house.channel('sms').script = () => failure({ reason: 'stopped', code: '21610' })
    await house.add(node)
    await house.add(node, { purposeId: purposeIds['public-task'], way: wayBy('sms', 11) })
    await work()
    const { library } = purposeIds
    expect(house.stops.map(({ scope }) => scope)).toEqual([{ purposeId: library }, { purposeId: library }])
  })

  it('because she said stop there means everything where the law says so, or nothing else came', async () => {
    house.channel('sms').script = () => failure({ reason: 'stopped', code: '21610' })
    await house.add(node, { purposeId: purposeIds['public-task'], way: wayBy('sms', 11) })
    await work()
    house.country = 'US'
    house.shut.clear()
    await house.add(node)
    await work()
    expect(house.stops.map(({ scope }) => scope)).toEqual(['agency', 'agency'])
  })
})

describe('a send whose fate is unknown', () => {
  const lost = { answers: { state: 'unknown' } } as const

  it('is found at the provider and not sent again', async () => {
    house.channel('sms').script = () => lost
    const id = await house.add(node)
    await work()
    expect(await states(id)).toEqual(['unknown'])
    await house.clock.advance(limits.lookUpAfterMs)
    await work()
    expect(await states(id)).toEqual(['accepted'])
    expect(house.channel('sms').asked).toHaveLength(1)
  })

  it('has gone as far as the provider says, whose receipts may have come before anybody knew whose they were', async () => {
    house.channel('sms').script = () => lost
    house.channel('sms').since = { state: 'delivered' }
    const first = await house.add(node)
    await work()
    await house.clock.advance(limits.lookUpAfterMs)
    await work()
    expect([await states(first), (await house.send(first)).outcome]).toEqual([['delivered'], 'delivered'])
    house.channel('sms').since = { state: 'failed', code: '30005', reason: 'invalid' }
    const second = await house.add(node)
    await work()
    await house.clock.advance(limits.lookUpAfterMs)
    await work()
    expect([await states(second), house.suppressed]).toEqual([['failed', 'accepted'], ['11 bounced']])
  })

  it('is sent again when the provider does not know it, but not before no request can be under way', async () => {
    house.channel('sms').script = () => ({ ...lost, takes: false })
    const id = await house.add(node)
    await work()
    await house.clock.advance(limits.lookUpAfterMs)
    await work()
    expect(await states(id)).toEqual(['unknown'])
    house.channel('sms').script = () => ({ answers: 'accepted' })
    await house.clock.advance(limits.lookUpAbsentAfterMs)
    await work()
    await house.clock.advance(5_000)
    await work()
    expect(await states(id)).toEqual(['failed', 'accepted'])
    expect(house.channel('sms').taken).toHaveLength(1)
  })

  it('ends as one task at the deadline when nobody can tell, and as none when a receipt came late', async () => {
    const { FakeChannel } = await import('#testing/fake-channel.ts')
    house.channels.set('sms', new FakeChannel('sms', { canLookUp: false }))
    house.channel('sms').script = () => ({ answers: 'dies' })
    const id = await house.add(node)
    await work()
    await house.clock.advance(limits.sendDeadlineMs)
    await work()
    await work()
    expect(await house.send(id)).toMatchObject({ outcome: 'unknown', tasks: ['unknown'] })
    expect(house.channel('sms').asked).toHaveLength(1)
    const [attempt] = (await house.send(id)).attempts
    if (attempt !== undefined) await node.outcomes.hear([{ attempt, state: 'delivered' }])
    expect(await house.send(id)).toMatchObject({ outcome: 'delivered', tasks: ['unknown, done'] })
  })
})

describe('words of one conversation', () => {
  it('leave in the order in which they were said, also when the first is refused for the moment', async () => {
    house.channels.delete('mail')
    let refusals = 2
    house.channel('sms').script = () =>
      refusals-- > 0 ? failure({ isPermanent: false, reason: 'throttled', code: '429' }) : { answers: 'accepted' }
    for (let n = 0; n < 4; n++) await house.add(node, { conversationId: 5, kind: 'reply', eventId: n + 1 })
    for (let n = 0; n < 8; n++) {
      await work()
      await house.clock.advance(2_000)
    }
    expect(house.channel('sms').taken.map(({ text }) => text)).toEqual(['words 1', 'words 2', 'words 3', 'words 4'])
  })

  it('are queued once for each event', async () => {
    const [first, second] = [
      await house.add(node, { conversationId: 5, kind: 'reply', eventId: 9 }),
      await house.add(node, { conversationId: 5, kind: 'reply', eventId: 9 }),
    ]
    expect([first === '', second]).toEqual([false, ''])
  })
})

describe('several servers', () => {
  it('send each of many once', async () => {
    const other = await house.node()
    const ids: string[] = []
    for (let n = 0; n < 150; n++) ids.push(await house.add(node))
    await Promise.all([work(node), work(other), work(node), work(other)])
    const { taken } = house.channel('sms')
    expect(taken).toHaveLength(ids.length)
    expect(new Set(taken.map(({ attempt }) => attempt)).size).toBe(ids.length)
  })
})

describe('a server that is killed between any two steps', () => {
  it('leaves nothing lost, and nothing that is sent twice', { timeout: 120_000 }, async () => {
    let survived = false
    let lookedAfter = 0
    for (let steps = 0; !survived; steps++) {
      const dead = fuse(steps)
      const victim = await house.node({ postgres: dying(database.postgres, dead), leaseMs: 0 })
      const id = await house.add(node)
      house.channel('sms').script = () => {
        dead.step()
        return { answers: 'accepted' }
      }
      const { send } = house.channel('sms')
      house.channel('sms').send = async (wish) => {
        const answer = await send.call(house.channel('sms'), wish)
        // Dead after the provider took it, before anybody here hears of it.
        dead.step()
        return answer
      }
      await work(victim).catch(() => undefined)
      await victim.pipeline.settled()
      survived = !dead.isBlown
      house.channel('sms').send = send
      house.channel('sms').script = () => ({ answers: 'accepted' })
      if (!survived) {
        await work()
        if ((await states(id)).includes('unknown')) lookedAfter += 1
        await house.clock.advance(limits.lookUpAbsentAfterMs)
        await work()
        await house.clock.advance(5_000)
        await work()
      }
      const { attempts } = await house.send(id)
      const taken = house.channel('sms').taken.filter(({ attempt }) => attempts.some((one) => one.publicId === attempt))
      expect(taken, `killed after ${steps} steps`).toHaveLength(1)
      expect(attempts.at(-1), `killed after ${steps} steps`).toMatchObject({ state: 3, reference: taken[0]?.reference })
    }
    expect(lookedAfter).toBeGreaterThan(1)
  })
})

describe('a send that leaves at once', () => {
  it('is at the provider when the program is answered, and is not queued', async () => {
    const id = await house.take(node)
    expect(house.channel('sms').taken.map(({ text }) => text)).toEqual(['Good morning'])
    await node.pipeline.settled()
    await work()
    expect([await states(id), house.channel('sms').asked.length]).toEqual([['accepted'], 1])
  })

  it('waits in the queue for her quiet hours, for a channel that rests, and for room', async () => {
    house.preferences = { quietHours: { from: '12:00', to: '20:00', timeZone: 'UTC' } }
    expect(await states(await house.take(node))).toEqual(['queued'])
    house.preferences = {}
    house.channel('sms').script = () =>
      failure({ isPermanent: false, reason: 'throttled', code: '20429', retryAfterMs: 30_000 })
    await house.take(node)
    await node.pipeline.settled()
    expect(await states(await house.take(node))).toEqual(['queued'])
    const [free, never] = [await house.node(), Promise.withResolvers<{ answers: 'accepted' }>()]
    house.channel('sms').script = () => never.promise
    const many = Array.from({ length: limits.sendsBegunInFlightMax + 5 }, () => house.take(free))
    const queued = await Promise.all((await Promise.all(many)).map(async (id) => (await states(id))[0] === 'queued'))
    expect(queued.filter(Boolean)).toHaveLength(5)
    never.resolve({ answers: 'accepted' })
    await free.pipeline.settled()
  })

  it('is refused where its gate is shut, and others that came with it are not', async () => {
    house.shut.set(`11 ${purposeIds.consent}`, 'stopped')
    house.shut.set(`12 ${purposeIds.consent}`, 'stopped')
    const purpose = { id: purposeIds['legal-duty'], basis: 'legal-duty' } as never
    const all = await Promise.allSettled([house.take(node), house.take(node, { purpose }), house.take(node)])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
    expect(house.channel('sms').taken).toHaveLength(1)
  })

  it('reads the gate again when the commit took too long', async () => {
    house.whileAtGate = async () => {
      await house.clock.advance(limits.sendingGoodMs + 1)
      house.whileAtGate = () => {
        house.shut.set(`11 ${purposeIds.consent}`, 'stopped')
      }
    }
    const id = await house.take(node)
    await node.pipeline.settled()
    expect([house.channel('sms').asked, await states(id)]).toEqual([[], ['withheld']])
  })

  it('is not lost and not sent twice, whenever its server is killed', { timeout: 120_000 }, async () => {
    let survived = false
    for (let steps = 0; !survived; steps++) {
      const dead = fuse(steps)
      const victim = await house.node({ postgres: dying(database.postgres, dead), leaseMs: 0 })
      house.channel('sms').script = () => {
        dead.step()
        return { answers: 'accepted' }
      }
      const answered = await house.take(victim).catch(() => undefined)
      await victim.pipeline.settled()
      survived = !dead.isBlown
      house.channel('sms').script = () => ({ answers: 'accepted' })
      await database.postgres.run('update attempt set taken_until = clock_timestamp() where state = 1')
      await work()
      await house.clock.advance(limits.lookUpAbsentAfterMs)
      await work()
      await house.clock.advance(5_000)
      await work()
      const stored = await database.postgres.rows<{ id: string }>('select public_id as id from send')
      expect(house.channel('sms').taken, `killed after ${steps} steps`).toHaveLength(stored.length)
      const ends = await Promise.all(stored.map(async ({ id }) => (await states(id)).at(-1)))
      expect(new Set(ends), `killed after ${steps} steps`).toEqual(new Set(stored.length > 0 ? ['accepted'] : []))
      if (answered !== undefined) expect(stored.map(({ id }) => id)).toContain(answered)
    }
    expect(house.channel('sms').taken.length).toBeGreaterThan(1)
  })
})

const wayBy = (kind: 'mail' | 'sms', addressId: number) => ({
  kind,
  addressId,
  channelId: kind,
  form: 'words' as const,
  reason: 'It is the only address that we have of her.',
})
