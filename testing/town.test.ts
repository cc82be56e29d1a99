import { expect, it } from 'vitest'
import { FakeClock } from './fake-clock.ts'
import { startTown } from './town.ts'

it('a town lives by the clock that it is given', async () => {
  const clock = new FakeClock()
  await using town = await startTown({ clock })
  const alice = await town.person('alice')
  const room = await alice.createRoom()
  await alice.say(room, 'now')
  await clock.advance(3_600_000)
  await alice.say(room, 'an hour later')
  const [later, before] = (await alice.messages(room, { limit: '2' })).chunk
  expect(later.origin_server_ts - before.origin_server_ts).toBe(3_600_000)
})

it('a sleeper wakes when his time has come, and not when he is called off', async () => {
  const clock = new FakeClock()
  const woken: string[] = []
  const off = new AbortController()
  const early = clock.sleep(10).then(() => woken.push('early'))
  const called = clock.sleep(10, off.signal).catch(() => woken.push('called off'))
  off.abort()
  await clock.advance(10)
  await Promise.all([early, called])
  expect(woken.toSorted()).toEqual(['called off', 'early'])
})
