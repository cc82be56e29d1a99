import { expect, test } from 'vitest'
import { Ledger } from './ledger.ts'
import type { RoomEvent } from './reader.ts'
import { Faults, judgeMessages } from './verdict.ts'

const said = (event_id: string, by: number, n: number): RoomEvent => ({
  event_id,
  type: 'm.room.message',
  content: { by, n, key: `s${by}-${n}` },
})

function titles(acknowledged: [key: string, eventId: string, room: string][], timelines: Record<string, RoomEvent[]>) {
  const ledger = new Ledger()
  for (const [key, eventId, room] of acknowledged) ledger.acknowledge(key, eventId, room, 0)
  const faults = new Faults()
  judgeMessages(ledger, new Map(Object.entries(timelines)), faults)
  return faults.list().map(({ title, count }) => `${count} ${title}`)
}

test('what is stored once and in order is no fault, also when nobody was told', () => {
  expect(titles([['s0-0', '$a', '!r']], { '!r': [said('$a', 0, 0), said('$b', 0, 1)] })).toEqual([])
})

test('every kind of fault is found', () => {
  expect(titles([['s0-0', '$a', '!r']], { '!r': [] })).toEqual(['1 lost'])
  expect(titles([['s0-0', '$a', '!r']], { '!r': [], '!q': [said('$a', 0, 0)] })).toEqual(['1 lost'])
  expect(titles([], { '!r': [said('$a', 0, 0), said('$b', 0, 0)] })).toEqual(['1 stored twice'])
  expect(titles([], { '!r': [said('$a', 0, 1), said('$b', 0, 0)] })).toEqual(['1 out of order'])
  expect(titles([], { '!r': [said('$a', 0, 1), said('$a', 0, 1)] })).toContain('1 stands twice in a timeline')
})
