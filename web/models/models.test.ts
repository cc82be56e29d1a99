import { expect, test, vi } from 'vitest'
import { makePerson } from '../matrix/person.ts'
import type { RoomRow } from '../matrix/rooms.ts'
import { candidates, nameAt, putName } from './completion.ts'
import { strengthOf } from './password.ts'
import { answers, countForYou, groupRooms } from './room-list.ts'
import { coalesce, Keeper, sameFields, Value } from './value.ts'

const row = (name: string, more: Partial<RoomRow> = {}): RoomRow => ({
  id: `!${name}`,
  name,
  group: 'rooms',
  open: false,
  locked: false,
  unread: 0,
  forYou: 0,
  activeAt: 0,
  ...more,
})

test('rooms stand by name, what asks for one stands first', () => {
  const rows = [
    row('Pumps'),
    row('Duty desk', { unread: 3 }),
    row('Keys', { unread: 2, forYou: 1 }),
    row('Old plans', { group: 'favourites' }),
    row('Volunteers', { group: 'invitations' }),
  ]
  const shape = (tab: 'all' | 'unread' | 'forYou', typed = '') =>
    groupRooms(rows, tab, typed).map((group) => `${group.name}: ${group.rooms.map(({ name }) => name).join(', ')}`)
  expect(shape('all')).toEqual([
    'invitations: Volunteers',
    'forYou: Keys',
    'favourites: Old plans',
    'rooms: Duty desk, Pumps',
  ])
  expect(shape('unread')).toEqual(['invitations: Volunteers', 'forYou: Keys', 'rooms: Duty desk'])
  expect(shape('forYou')).toEqual(['invitations: Volunteers', 'forYou: Keys'])
  expect(shape('all', 'pum')).toEqual(['rooms: Pumps'])
  expect(countForYou(rows)).toBe(2)
})

test('typing finds by the beginnings of words, accents aside', () => {
  expect(answers('Émile Rochat', 'emi')).toBe(true)
  expect(answers('Storm tide, Quay District', 'quay st')).toBe(true)
  expect(answers('Storm tide', 'torm')).toBe(false)
  expect(answers('Storm tide', '')).toBe(true)
})

test('a name is completed after an @ at the start of a word, and only there', () => {
  expect(nameAt('Please @Ha', 10)).toEqual({ query: 'Ha', from: 7, to: 10 })
  expect(nameAt('@', 1)).toEqual({ query: '', from: 0, to: 1 })
  expect(nameAt('mail hana@averell', 17)).toBeUndefined()
  expect(nameAt('@Hana Mizutani, then', 20)).toBeUndefined()
  expect(nameAt('@Hana\nnext', 10)).toBeUndefined()
  const people = [
    makePerson('@hana:a.b', 'Hana Mizutani', undefined, 'a.b'),
    makePerson('@dg:a.b', 'Dawit', undefined, 'a.b'),
  ]
  expect(candidates(people, 'miz').map(({ name }) => name)).toEqual(['Hana Mizutani'])
  expect(putName('Please @Ha now', { query: 'Ha', from: 7, to: 10 }, 'Hana Mizutani')).toEqual({
    text: 'Please @Hana Mizutani now',
    caret: 22,
  })
})

test('length makes a password, what is known unmakes it', () => {
  expect(strengthOf('')).toBe('none')
  expect(strengthOf('Tr0ub4dor&3')).toBe('short')
  expect(strengthOf('aaaaaaaaaaaaaaaa')).toBe('guessable')
  expect(strengthOf('mypassword2027!')).toBe('guessable')
  expect(strengthOf('wierzba-on-the-river', ['Tomasz', 'Wierzba'])).toBe('guessable')
  expect(strengthOf('gate market lamp')).toBe('fair')
  expect(strengthOf('four unrelated garden words')).toBe('good')
})

test('a value tells its listeners about changes and nothing else', () => {
  const value = new Value(1)
  const heard = vi.fn()
  const stop = value.subscribe(heard)
  value.set(1)
  value.set(2)
  stop()
  value.set(3)
  expect(heard).toHaveBeenCalledTimes(1)
})

test('equal data keeps its identity', async () => {
  const keeper = new Keeper<{ id: string; n: number }>(({ id }) => id)
  const [first] = keeper.keep([{ id: 'a', n: 1 }])
  expect(
    keeper.keep([
      { id: 'b', n: 1 },
      { id: 'a', n: 1 },
    ])[1],
  ).toBe(first)
  expect(keeper.keep([{ id: 'a', n: 2 }])[0]).not.toBe(first)
  const state = { a: 1, b: first }
  expect(sameFields(state, { ...state })).toBe(state)
  expect(sameFields(state, { ...state, a: 2 })).not.toBe(state)

  const work = vi.fn()
  const ask = coalesce(work)
  ask()
  ask()
  await Promise.resolve()
  expect(work).toHaveBeenCalledTimes(1)
})
