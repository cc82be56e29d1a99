import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDataDirectory } from '#platform/index.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'
import { createTestClock } from './test-clock.ts'

const path = '/api/v1/test-clock'

describe('a clock that can be moved', () => {
  let town: Town
  beforeAll(async () => {
    town = await startTown({ testClock: true })
  })
  afterAll(() => town[Symbol.asyncDispose]())

  it('is moved by administrators, forwards, and everything goes by it', async () => {
    const owner = await town.person('owner', { role: 'owner' })
    const member = await town.person('member')
    expect((await member.call('POST', path, { body: { advance_ms: 1 } })).status).toBe(403)
    const before = await owner.ok('GET', path)
    expect(before.ahead_ms).toBe(0)
    const weekMs = 7 * 24 * 3_600_000
    const after = await owner.ok('POST', path, { advance_ms: weekMs })
    expect(after.ahead_ms).toBe(weekMs)
    expect(after.now_ms - before.now_ms).toBeGreaterThanOrEqual(weekMs)
    const room = await owner.createRoom()
    await owner.say(room, 'in a week')
    const [event] = (await owner.messages(room)).chunk
    expect(event.origin_server_ts).toBeGreaterThanOrEqual(after.now_ms)
    expect((await owner.call('POST', path, { body: { advance_ms: -1 } })).status).toBe(400)
  })
})

it('is nowhere else', async () => {
  await using town = await startTown()
  const owner = await town.person('owner', { role: 'owner' })
  expect((await owner.call('POST', path, { body: { advance_ms: 1 } })).status).toBe(404)
})

describe('a data directory', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-clock-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const open = (name: string, testClock?: boolean) =>
    openDataDirectory({
      folder: join(folder, name),
      serverName: 'a.example',
      ...(testClock !== undefined && { testClock }),
    })

  it('keeps the clock that it was born with, and the time to which it was moved', async () => {
    const first = await open('a', true)
    const clock = createTestClock(new FakeClock(1_000), first.testClock!)
    expect(await Promise.all([clock.advance(50), clock.advance(7)])).toEqual([1_050, 1_057])
    first.close()
    const second = await open('a', true)
    expect(createTestClock(new FakeClock(1_000), second.testClock!).clock.nowMs()).toBe(1_057)
    second.close()
    // An operator's command takes it as it is.
    const third = await open('a')
    expect(third.testClock?.aheadMs).toBe(57)
    third.close()
    await expect(open('a', false)).rejects.toThrow('was born with --test-clock')
  })

  it('that was born without one is refused with one, and so is a damaged one', async () => {
    const first = await open('b', false)
    expect(first.testClock).toBeUndefined()
    first.close()
    expect(JSON.parse(await readFile(join(folder, 'b', 'format'), 'utf8'))).not.toHaveProperty('test_clock')
    await expect(open('b', true)).rejects.toThrow('was not born with --test-clock')
    const other = await open('c', true)
    await other.testClock!.save(5)
    other.close()
    await writeFile(join(folder, 'c', 'test-clock'), '{')
    await expect(open('c', true)).rejects.toThrow('is damaged')
  })
})
