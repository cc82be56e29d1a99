import * as sdk from 'matrix-js-sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'

let town: Town

beforeAll(async () => {
  town = await startTown()
})

// What the library says for itself while it works is not what is tested.
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'debug'] as const) vi.spyOn(console, method).mockReturnValue(undefined)
})

afterAll(() => town[Symbol.asyncDispose]())

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => quiet }

async function started(username: string): Promise<sdk.MatrixClient> {
  const person = await town.person(username)
  const { id: userId, deviceId, token: accessToken } = person
  const client = sdk.createClient({ baseUrl: town.url, userId, deviceId, accessToken, logger: quiet as never })
  const prepared = new Promise<void>((resolve) => {
    client.on(sdk.ClientEvent.Sync, (state) => {
      if (state === sdk.SyncState.Prepared) resolve()
    })
  })
  await client.startClient({ threadSupport: true, initialSyncLimit: 5 })
  await prepared
  return client
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 5_000, interval: 20 }).toBe(true)
}

describe('a client made with matrix-js-sdk', () => {
  it('finds everything that it asks for beside its rooms', async () => {
    const client = await started('sdk')
    try {
      const { room_id: roomId } = await client.createRoom({ name: 'Engines', room_alias_name: 'sdk' })
      const { event_id: eventId } = await client.sendTextMessage(roomId, 'hello')
      await until(() => client.getRoom(roomId)?.findEventById(eventId) !== undefined)
      const event = client.getRoom(roomId)?.findEventById(eventId) as sdk.MatrixEvent
      await client.sendReadReceipt(event)
      await client.setRoomReadMarkers(roomId, eventId, event)
      await client.sendTyping(roomId, true, 5_000)
      await client.setRoomTag(roomId, 'm.favourite', { order: 0.25 })
      await client.setAccountData('org.example.notes' as never, { text: 'x' } as never)
      await client.setDisplayName('Sdk Person')
      await client.addPushRule('global', sdk.PushRuleKind.RoomSpecific, roomId, { actions: [] })
      const { content_uri: uri } = await client.uploadContent(Buffer.from('plain words'), {
        type: 'text/plain',
        name: 'a.txt',
      })
      const address = client.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true) as string
      const file = await fetch(address, { headers: { authorization: `Bearer ${client.getAccessToken()}` } })
      expect(await file.text()).toBe('plain words')
      expect(await client.getProfileInfo(client.getSafeUserId())).toEqual({ displayname: 'Sdk Person' })
      expect(await client.getRoomIdForAlias('#sdk:town.example')).toMatchObject({ room_id: roomId })
      expect((await client.publicRooms({ limit: 5 })).chunk).toEqual([])
      expect((await client.searchUserDirectory({ term: 'nobody' })).results).toEqual([])
      expect((await client.getMediaConfig())['m.upload.size']).toBeGreaterThan(0)
      await until(() => client.getRoom(roomId)?.tags['m.favourite']?.order === 0.25)
      await until(() => client.getRoom(roomId)?.getMember(client.getSafeUserId())?.name === 'Sdk Person')
      await until(() => client.pushRules?.global.room?.some((rule) => rule.rule_id === roomId) === true)
      await until(() => client.getRoom(roomId)?.getEventReadUpTo(client.getSafeUserId(), true) === eventId)
      await until(() => client.getRoom(roomId)?.getAccountData('m.fully_read')?.getContent().event_id === eventId)
    } finally {
      client.stopClient()
    }
  })
})
