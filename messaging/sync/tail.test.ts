import { expect, test } from 'vitest'
import { roomVersion } from '#matrix/api.ts'
import { limits, logKinds, silentLogger } from '#platform/api.ts'
import { EventReader } from '../events/event-reader.ts'
import { StoredEvent } from '../events/stored-event.ts'
import { Tail } from './tail.ts'

/** Nothing is read back: what is delivered comes with its facts. */
const nobody = undefined as never
const reader = () => new EventReader({ db: nobody, rooms: nobody, users: nobody, logger: silentLogger })

function event(id: number, jsonBytes: number): StoredEvent {
  const pdu = { type: 'm.room.message', sender: '@a:a.example', content: {}, origin_server_ts: 1, depth: 1 }
  const numbers = { id, roomId: 1, senderId: 1, ordering: id, notifyCount: 1, jsonBytes }
  const version = roomVersion('12')!
  const whole = { ...pdu, prev_events: [], auth_events: [] }
  return new StoredEvent({ ...numbers, roomMatrixId: '!r', version, matrixId: `$${id}`, pdu: whole })
}

/** How many of the newest events are left of so many of one size, and whether each is at hand for answers. */
function kept(count: number, jsonBytes: number): { entries: number; atHand: number } {
  const events = reader()
  const tail = new Tail({ users: nobody, reader: events, facts: nobody, logger: silentLogger }, 0)
  for (let position = 1; position <= count; position++) {
    const row = { position, kind: logKinds.event, roomId: 1, userId: null, reference: position }
    tail.deliver([row], new Map([[position, event(position, jsonBytes)]]))
  }
  const entries = tail.after(0)
  expect(tail.reaches(count - entries.length)).toBe(true)
  expect(tail.reaches(count - entries.length - 1)).toBe(entries.length === count)
  const atHand = entries.filter((entry) => entry.kind === 'event' && events.peek(entry.event.id) === entry.event)
  return { entries: entries.length, atHand: atHand.length }
}

test('the tail keeps thousands of short messages', () => {
  const { entries, atHand } = kept(9_000, 700)
  expect(entries).toBeGreaterThanOrEqual(limits.tailEntriesMax)
  expect(atHand).toBe(entries)
})

test('of long ones it keeps as many as fit its bytes', () => {
  const { entries, atHand } = kept(1_000, 65_000)
  expect(entries * 65_000 * 2).toBeLessThan(limits.tailBytesMax * 1.3)
  expect(entries).toBeGreaterThan(50)
  expect(atHand).toBe(entries)
})
