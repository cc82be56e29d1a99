import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

/**
 * What a suspended person may still do, of all that is no mere reading by its method.
 * https://spec.matrix.org/v1.19/client-server-api/#account-suspension
 */
const allowed: Readonly<Record<string, string>> = {
  ...because('signing in and out, and ending devices', [
    ...['logout', 'logout_all', 'generateLoginToken', 'deleteDevice', 'deleteDevices', 'updateDevice'],
    ...['changePassword', 'deactivateAccount'],
  ]),
  ...because('contacts of the account', [
    ...['requestTokenTo3PIDEmail', 'requestTokenTo3PIDMSISDN', 'post3PIDs', 'add3PID', 'delete3pidFromAccount'],
  ]),
  ...because('reading, by its nature', [
    ...['slidingSync', 'slidingSyncUnstable', 'search', 'queryKeys', 'queryPublicRooms', 'searchUserDirectory'],
    ...['defineFilter', 'getDehydratedDeviceEvents', 'postDehydratedDeviceEvents'],
  ]),
  ...because('verification of her own devices, and her keys', [
    ...['uploadKeys', 'claimKeys', 'uploadCrossSigningKeys', 'uploadCrossSigningSignatures'],
    ...['putDehydratedDevice', 'deleteDehydratedDevice'],
    ...['postRoomKeysVersion', 'putRoomKeysVersion', 'deleteRoomKeysVersion'],
    ...['putRoomKeys', 'putRoomKeysByRoomId', 'putRoomKeyBySessionId'],
    ...['deleteRoomKeys', 'deleteRoomKeysByRoomId', 'deleteRoomKeyBySessionId'],
  ]),
  ...because('leaving, and rejecting', ['leaveRoom', 'forgetRoom']),
  ...because('what she has read, and what she keeps for herself', [
    ...['postReceipt', 'setReadMarker', 'setAccountData', 'setAccountDataPerRoom', 'setRoomTag', 'deleteRoomTag'],
    ...['subscribeToThread', 'unsubscribeFromThread'],
    ...['setPushRule', 'setPushRuleActions', 'setPushRuleEnabled', 'deletePushRule', 'postPusher'],
  ]),
  ...because('telling those who run the server', ['reportEvent', 'reportRoom', 'reportUser']),
}

/** What needs a body, so that nothing else is wrong with it. The rest is refused before its body is looked at. */
const bodies: Readonly<Record<string, object>> = {
  joinRoom: {},
  joinRoomById: {},
  knockRoom: {},
  inviteUser: { user_id: '@owner:town.example' },
  kick: { user_id: '@owner:town.example' },
  ban: { user_id: '@owner:town.example' },
  unban: { user_id: '@owner:town.example' },
  sendMessage: { msgtype: 'm.text', body: 'x' },
  setRoomStateWithKey: { name: 'x' },
  redactEvent: {},
  setTyping: { typing: true, timeout: 1_000 },
  sendToDevice: { messages: { '@owner:town.example': { '*': { body: 'x' } } } },
  setPresence: { presence: 'online', status_msg: 'x' },
  requestOpenIdToken: {},
  updateDelayedEvent: {},
}

function because(reason: string, operations: readonly string[]): Record<string, string> {
  return Object.fromEntries(operations.map((operation) => [operation, reason]))
}

let town: Town
let sara: TownPerson
let values: Record<string, string>
beforeAll(async () => {
  town = await startTown()
  const owner = await town.person('owner', { role: 'owner' })
  sara = await town.person('sara')
  const levels = { redact: 0, state_default: 0, kick: 0, ban: 0, users_default: 0 }
  const room = await owner.createRoom({ preset: 'public_chat', power_level_content_override: levels })
  await sara.join(room)
  const said = await owner.say(room, 'from the owner')
  const delayed = `${roomPath(room)}/send/m.room.message/later?org.matrix.msc4140.delay=600000`
  const { delay_id } = await sara.ok('PUT', delayed, { msgtype: 'm.text', body: 'later' })
  await owner.ok('PUT', `/_matrix/client/v1/admin/suspend/${encodeURIComponent(sara.id)}`, { suspended: true })
  values = {
    roomId: room,
    roomIdOrAlias: room,
    eventId: said,
    userId: sara.id,
    eventType: 'm.room.name',
    stateKey: '',
    receiptType: 'm.read',
    txnId: 'walk',
    delayId: delay_id,
    action: 'send',
  }
})
afterAll(() => town[Symbol.asyncDispose]())

type Writing = { readonly method: string; readonly path: string; readonly operation: string }

function writingRoutes(): Writing[] {
  return town.http
    .routes()
    .filter(({ method, needs }) => method !== 'GET' && needs !== 'nobody')
    .map(({ method, path, operation }) => ({ method, path: [path].flat()[0] ?? '', operation }))
}

async function codeOf(who: TownPerson, { method, path, operation }: Writing): Promise<string | undefined> {
  const whole = path
    .split('/')
    .map((part) => (part.startsWith(':') ? encodeURIComponent(values[part.slice(1)] ?? 'x') : part))
    .join('/')
  const answer = await fetch(town.url + whole, {
    method,
    headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
    ...(method !== 'DELETE' && { body: JSON.stringify(bodies[operation] ?? {}) }),
  })
  const { errcode } = (await answer.json()) as { errcode?: string }
  return errcode
}

it('a suspended person writes nothing but what the list allows', async () => {
  const refused = writingRoutes().filter(({ operation }) => allowed[operation] === undefined)
  expect(refused.length).toBeGreaterThan(30)
  for (const route of refused) {
    expect([route.operation, await codeOf(sara, route)]).toEqual([route.operation, 'M_USER_SUSPENDED'])
  }
})

it('what the list allows is not refused to her for that', async () => {
  const routes = writingRoutes().filter(({ operation }) => allowed[operation] !== undefined)
  for (const route of routes) {
    const device = /logout/i.test(route.operation) ? await town.signIn('sara') : sara
    expect([route.operation, await codeOf(device, route)]).not.toEqual([route.operation, 'M_USER_SUSPENDED'])
    if (route.operation === 'logout_all') sara = await town.signIn('sara')
    if (route.operation === 'leaveRoom') expect((await sara.ok('GET', '/joined_rooms')).joined_rooms).toEqual([])
  }
})

it('she reaches her own devices, and is seen without a word', async () => {
  const verify = { messages: { [sara.id]: { '*': { transaction_id: 'v' } } } }
  await sara.ok('PUT', '/sendToDevice/m.key.verification.request/own', verify)
  await sara.ok('PUT', `/presence/${encodeURIComponent(sara.id)}/status`, { presence: 'online' })
})

it('the list names no endpoint that there is not', () => {
  const operations = new Set(town.http.routes().map(({ operation }) => operation))
  expect(Object.keys({ ...allowed, ...bodies }).filter((name) => !operations.has(name))).toEqual([])
})
