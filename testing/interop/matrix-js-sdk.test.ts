/** Stock matrix-js-sdk clients, which are not ours, against the whole server over HTTP. */
import {
  ClientEvent,
  createClient,
  EventType,
  type MatrixClient,
  type MatrixEvent,
  MsgType,
  ReceiptType,
  RelationType,
  type Room,
  RoomEvent,
  SyncState,
} from 'matrix-js-sdk'
import type { Logger } from 'matrix-js-sdk/lib/logger.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '../town.ts'

let town: Town
const clients: MatrixClient[] = []
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  for (const client of clients) client.stopClient()
  await town[Symbol.asyncDispose]()
})

const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  getChild: () => silent,
}

async function signIn(username: string): Promise<MatrixClient> {
  await town.person(username)
  const door = createClient({ baseUrl: town.url, logger: silent })
  const signedIn = await door.loginRequest({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: username },
    password: townPassword,
  })
  const client = createClient({
    baseUrl: town.url,
    accessToken: signedIn.access_token,
    userId: signedIn.user_id,
    deviceId: signedIn.device_id,
    timelineSupport: true,
    logger: silent,
  })
  clients.push(client)
  const prepared = new Promise<void>((resolve, reject) => {
    client.on(ClientEvent.Sync, (state, _before, data) => {
      if (state === SyncState.Prepared) resolve()
      if (state === SyncState.Error) reject(data?.error)
    })
  })
  await client.startClient({ threadSupport: true, lazyLoadMembers: true, initialSyncLimit: 20 })
  await prepared
  return client
}

function heard(
  client: MatrixClient,
  wanted: (event: MatrixEvent, room: Room | undefined) => boolean,
): Promise<MatrixEvent> {
  return new Promise((resolve) => {
    const listen = (event: MatrixEvent, room: Room | undefined) => {
      if (!wanted(event, room)) return
      client.off(RoomEvent.Timeline, listen)
      resolve(event)
    }
    client.on(RoomEvent.Timeline, listen)
  })
}

const says = (body: string) => (event: MatrixEvent) => event.getContent().body === body

describe('two stock clients', () => {
  it('meet in a room, talk, react, edit, thread, redact and read', async () => {
    const [ada, ben] = [await signIn('ada'), await signIn('ben')]
    const invited = new Promise<string>((resolve) => {
      ben.on(RoomEvent.MyMembership, (room, membership) => membership === 'invite' && resolve(room.roomId))
    })
    const { room_id: roomId } = await ada.createRoom({ name: 'Gate 4', invite: [ben.getSafeUserId()] })
    expect(await invited).toBe(roomId)
    await ben.joinRoom(roomId)

    const arrived = heard(ben, says('Tide at 21:46'))
    const { event_id: root } = await ada.sendMessage(roomId, { msgtype: MsgType.Text, body: 'Tide at 21:46' })
    expect((await arrived).getId()).toBe(root)
    expect(ben.getRoom(roomId)?.name).toBe('Gate 4')
    expect(ben.getRoom(roomId)?.getUnreadNotificationCount()).toBe(1)

    const reacted = heard(ada, (event) => event.getType() === EventType.Reaction)
    await ben.sendEvent(roomId, EventType.Reaction, {
      'm.relates_to': { rel_type: RelationType.Annotation, event_id: root, key: 'Seen' },
    })
    expect((await reacted).getSender()).toBe(ben.getUserId())

    const inThread = new Promise<void>((resolve) => {
      ada.getRoom(roomId)?.on('Thread.new' as never, (() => resolve()) as never)
    })
    await ben.sendMessage(roomId, root, { msgtype: MsgType.Text, body: 'In the thread' })
    await inThread
    expect(ada.getRoom(roomId)?.getThread(root)?.length).toBe(1)

    const edited = heard(ben, says('* Tide at 21:50'))
    await ada.sendMessage(roomId, {
      msgtype: MsgType.Text,
      body: '* Tide at 21:50',
      'm.new_content': { msgtype: MsgType.Text, body: 'Tide at 21:50' },
      'm.relates_to': { rel_type: RelationType.Replace, event_id: root },
    } as never)
    await edited
    expect(ben.getRoom(roomId)?.findEventById(root)?.getContent().body).toBe('Tide at 21:50')

    const slip = heard(ben, says('a slip'))
    const { event_id: slipId } = await ada.sendMessage(roomId, { msgtype: MsgType.Text, body: 'a slip' })
    const slipEvent = await slip
    const gone = new Promise<void>((resolve) => ben.getRoom(roomId)?.on(RoomEvent.Redaction, () => resolve()))
    await ada.redactEvent(roomId, slipId)
    await gone
    expect(slipEvent.isRedacted()).toBe(true)

    const read = new Promise<void>((resolve) => {
      ada.on(
        RoomEvent.Receipt,
        (event) => JSON.stringify(event.getContent()).includes(ben.getSafeUserId()) && resolve(),
      )
    })
    await ben.sendReceipt(slipEvent, ReceiptType.Read, {})
    await read
  }, 30_000)

  it('keeps what a client stored for itself, and its push rules arrive', async () => {
    const cyd = await signIn('cyd')
    await cyd.setAccountData('org.example.note' as never, { colour: 'green' } as never)
    expect(await cyd.getAccountDataFromServer('org.example.note' as never)).toEqual({ colour: 'green' })
    expect(cyd.pushRules?.global.override?.length).toBeGreaterThan(5)
    const { content_uri: uri } = await cyd.uploadContent(Buffer.from('the plan'), {
      name: 'plan.txt',
      type: 'text/plain',
    })
    const url = cyd.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true) ?? ''
    const answer = await fetch(url, { headers: { authorization: `Bearer ${cyd.getAccessToken()}` } })
    expect(await answer.text()).toBe('the plan')
  }, 30_000)
})
