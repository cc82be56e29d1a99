import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let alice: TownPerson
let bob: TownPerson
let stranger: TownPerson
beforeAll(async () => {
  town = await startTown()
  ;[alice, bob, stranger] = await town.people('alice', 'bob', 'stranger')
  await town.people('carl', 'dora')
})
afterAll(() => town[Symbol.asyncDispose]())

type Wish = { readonly body?: object; readonly query?: string; readonly notByMembers?: true }

/** A request to each endpoint of a room that a member's right makes succeed: so nothing but the door can refuse it. */
const wishes: Readonly<Record<string, Wish>> = {
  joinRoom: { body: {} },
  joinRoomById: { body: {} },
  // Whoever is in a room cannot ask to be let in.
  knockRoom: { body: {}, notByMembers: true },
  inviteUser: { body: { user_id: '@dora:town.example' } },
  kick: { body: { user_id: '@bob:town.example' } },
  ban: { body: { user_id: '@bob:town.example' } },
  unban: { body: { user_id: '@carl:town.example' } },
  leaveRoom: { body: {} },
  // A room must be left before it is forgotten.
  forgetRoom: { body: {}, notByMembers: true },
  sendMessage: { body: { msgtype: 'm.text', body: 'from outside' } },
  setRoomStateWithKey: { body: { name: 'from outside' } },
  redactEvent: { body: {} },
  getRoomEvents: { query: 'dir=b' },
  getEventContext: {},
  getEventByTimestamp: { query: 'ts=1&dir=f' },
  getOneRoomEvent: {},
  getRoomState: {},
  getRoomStateWithKey: {},
  getMembersByRoom: {},
  getJoinedMembersByRoom: {},
  getRelatingEvents: {},
  getThreadRoots: {},
  getThreadSubscription: {},
  subscribeToThread: { body: {} },
  unsubscribeFromThread: {},
  upgradeRoom: { body: { new_version: '11' } },
  getSpaceHierarchy: {},
  getRoomSummary: {},
  reportEvent: { body: { reason: 'x' } },
  roomInitialSync: {},
  setAccountDataPerRoom: { body: { a: 1 } },
  getAccountDataPerRoom: {},
  getRoomTags: {},
  setRoomTag: { body: { order: 0.5 } },
  deleteRoomTag: {},
  postReceipt: { body: {} },
  setReadMarker: { body: {} },
  setTyping: { body: { typing: true, timeout: 1_000 } },
  getLocalAliases: {},
  setRoomVisibilityOnDirectory: { body: { visibility: 'public' } },
}

/** Those that tell or change nothing of the room itself. */
const without: Readonly<Record<string, string>> = {
  reportRoom: 'answers everybody alike, whether there is such a room or not',
  getRoomVisibilityOnDirectory: 'says what the public directory says to everybody',
  putRoomKeysByRoomId: 'a backup of one’s own keys',
  putRoomKeyBySessionId: 'a backup of one’s own keys',
  getRoomKeysByRoomId: 'a backup of one’s own keys',
  getRoomKeyBySessionId: 'a backup of one’s own keys',
  deleteRoomKeysByRoomId: 'a backup of one’s own keys',
  deleteRoomKeyBySessionId: 'a backup of one’s own keys',
}

type RoomRoute = { readonly method: string; readonly path: string; readonly operation: string }

function roomRoutes(): RoomRoute[] {
  return town.http
    .routes()
    .map(({ method, path, operation }) => ({ method, path: [path].flat()[0] ?? '', operation }))
    .filter(({ path }) => /:roomId(OrAlias)?(\/|$)/.test(path))
}

/** A room of its own for each request, so that none is refused for what another did. */
async function furnish(): Promise<{ room: string; event: string }> {
  const room = await alice.createRoom({ preset: 'private_chat', name: 'Zebra', invite: [bob.id] })
  await bob.join(room)
  await alice.ok('POST', `${roomPath(room)}/ban`, { user_id: '@carl:town.example' })
  await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}${roomPath(room)}/account_data/org.example.type`, {
    a: 1,
  })
  const event = await alice.say(room, 'the zebra itself')
  const thread = `/_matrix/client/unstable/io.element.msc4306/rooms/${encodeURIComponent(room)}/thread/${event}`
  for (const member of [alice, bob]) await member.ok('PUT', `${thread}/subscription`, {})
  return { room, event }
}

async function ask(who: TownPerson, route: RoomRoute, wish: Wish, { room, event }: { room: string; event: string }) {
  const values: Record<string, string> = {
    roomId: room,
    roomIdOrAlias: room,
    eventId: event,
    threadRootId: event,
    userId: who.id,
    eventType: route.operation === 'sendMessage' ? 'm.room.message' : 'm.room.name',
    stateKey: '',
    type: 'org.example.type',
    receiptType: 'm.read',
    tag: 'u.zebra',
    txnId: route.operation,
  }
  const path = route.path
    .split('/')
    .map((part) => (part.startsWith(':') ? encodeURIComponent(values[part.slice(1)] ?? 'missing') : part))
    .join('/')
  const query = wish.query === undefined ? '' : `?${wish.query}`
  return who.call(route.method, path + query, wish.body === undefined ? {} : { body: wish.body })
}

it('every endpoint of a room stands in one of the lists', () => {
  const operations = roomRoutes().map(({ operation }) => operation)
  const unlisted = operations.filter((name) => !Object.hasOwn(wishes, name) && !Object.hasOwn(without, name))
  expect(unlisted, 'Say here what a member may ask of it').toEqual([])
})

it('what is open to a member is shut to a stranger, who learns nothing', async () => {
  for (const route of roomRoutes()) {
    const wish = wishes[route.operation]
    if (wish === undefined) continue
    const place = await furnish()
    const refused = await ask(stranger, route, wish, place)
    expect([route.operation, refused.status, refused.json.errcode]).toEqual([
      route.operation,
      expect.toBeOneOf([403, 404]),
      expect.toBeOneOf(['M_FORBIDDEN', 'M_NOT_FOUND']),
    ])
    expect(refused.text).not.toMatch(/zebra/i)
    if (wish.notByMembers === true) continue
    const taken = await ask(alice, route, wish, place)
    expect([route.operation, taken.status, taken.text]).toEqual([route.operation, 200, taken.text])
  }
})
