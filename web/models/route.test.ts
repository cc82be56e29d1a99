import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatRoute, parseRoute, type Route } from './route.ts'

const id = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.constant<Route>({ page: 'home' }),
  id.map((token): Route => ({ page: 'set-up', token })),
  id.map((token): Route => ({ page: 'invitation', token })),
  fc.tuple(id, id).map(([roomId, eventId]): Route => ({ page: 'room', roomId, eventId: `$${eventId}` })),
  fc.tuple(id, id).map(([roomId, rootId]): Route => ({ page: 'room', roomId, side: { kind: 'thread', rootId } })),
  id.map((roomId): Route => ({ page: 'room', roomId, side: { kind: 'people' } })),
  id.map((userId): Route => ({ page: 'admin', section: 'people', userId })),
)

test('every address leads back to where it was made', () => {
  fc.assert(
    fc.property(routes, (route) => {
      expect(parseRoute(formatRoute(route))).toEqual(route)
    }),
  )
})

test('ids stay readable in an address', () => {
  expect(formatRoute({ page: 'room', roomId: '!a:b.example', eventId: '$c' })).toBe('#/room/!a:b.example/$c')
})

test('an address that means nothing is the start page', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#/room', '#/setup', '#/invitation/']) {
    expect(parseRoute(hash)).toEqual({ page: 'home' })
  }
  expect(parseRoute('#/room/%E0%A4%A')).toEqual({ page: 'room', roomId: '%E0%A4%A' })
})
