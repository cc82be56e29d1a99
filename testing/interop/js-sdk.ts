import {
  ClientEvent,
  createClient,
  type MatrixClient,
  type MatrixEvent,
  MsgType,
  Preset,
  SyncState,
} from 'matrix-js-sdk'
import { type Logger, logger } from 'matrix-js-sdk/lib/logger.js'
import { SlidingSync } from 'matrix-js-sdk/lib/sliding-sync.js'
import type { ClientKind, InteropClient } from './client.ts'
import { until } from './until.ts'

const silent: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent }

// A part of the library speaks through its own logger, whatever it is given.
Object.assign(logger, silent, { log() {} })

const listRange = 20
const timelineLimit = 20
const slidingTimeoutMs = 20_000

/** matrix-js-sdk with its Rust crypto, the engine of Element Web. */
class JsSdk implements InteropClient {
  readonly #isSliding: boolean
  #client: MatrixClient | undefined

  constructor(isSliding: boolean) {
    this.#isSliding = isSliding
  }

  get #signedIn(): MatrixClient {
    if (this.#client === undefined) throw new Error('The client has not signed in.')
    return this.#client
  }

  get userId(): string {
    return this.#signedIn.getSafeUserId()
  }

  async signIn(url: string, user: string, password: string): Promise<void> {
    const door = createClient({ baseUrl: url, logger: silent })
    const identifier = { type: 'm.id.user', user }
    const signedIn = await door.loginRequest({ type: 'm.login.password', identifier, password })
    const client = createClient({
      baseUrl: url,
      accessToken: signedIn.access_token,
      userId: signedIn.user_id,
      deviceId: signedIn.device_id,
      logger: silent,
    })
    this.#client = client
    await client.initRustCrypto({ useIndexedDB: false })
    let isPrepared = false
    client.on(ClientEvent.Sync, (state) => {
      if (state === SyncState.Prepared || state === SyncState.Syncing) isPrepared = true
    })
    await client.startClient(this.#isSliding ? { slidingSync: slidingSync(url, client) } : { lazyLoadMembers: true })
    await until('the first sync', () => isPrepared)
  }

  async createRoom(room: { name: string; invite: readonly string[]; isEncrypted: boolean }): Promise<string> {
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }
    const { room_id: roomId } = await this.#signedIn.createRoom({
      preset: Preset.PrivateChat,
      name: room.name,
      invite: [...room.invite],
      initial_state: room.isEncrypted ? [encryption] : [],
    })
    await until('the new room', () => this.#signedIn.getRoom(roomId)?.getMyMembership() === 'join')
    return roomId
  }

  async join(roomId: string): Promise<void> {
    await this.#signedIn.joinRoom(roomId)
    await until('the joined room', () => this.#signedIn.getRoom(roomId)?.getMyMembership() === 'join')
  }

  async sees(roomId: string, userId: string): Promise<void> {
    await until(`${userId} in the room`, () => {
      const member = this.#signedIn.getRoom(roomId)?.getMember(userId)
      return member?.membership === 'join'
    })
  }

  async say(roomId: string, body: string): Promise<void> {
    await this.#signedIn.sendMessage(roomId, { msgtype: MsgType.Text, body })
  }

  async hears(roomId: string, body: string): Promise<{ wasEncrypted: boolean }> {
    const said = (event: MatrixEvent) => event.getContent().body === body
    const event = await until(`the message "${body}"`, () =>
      this.#signedIn.getRoom(roomId)?.getLiveTimeline().getEvents().find(said),
    )
    return { wasEncrypted: event.isEncrypted() }
  }

  async rooms(): Promise<readonly string[]> {
    return this.#signedIn.getRooms().map(({ name }) => name)
  }

  async stop(): Promise<void> {
    this.#client?.stopClient()
  }
}

function slidingSync(url: string, client: MatrixClient): SlidingSync {
  const requiredState = [
    ['m.room.create', ''],
    ['m.room.name', ''],
    ['m.room.encryption', ''],
    ['m.room.join_rules', ''],
    ['m.room.member', '*'],
  ]
  const shown = { timeline_limit: timelineLimit, required_state: requiredState }
  const lists = new Map([['all', { ranges: [[0, listRange - 1]], ...shown }]])
  return new SlidingSync(url, lists, shown, client, slidingTimeoutMs)
}

function kind(name: string, isSliding: boolean): ClientKind {
  return { name, canEncrypt: true, prepare: async () => () => new JsSdk(isSliding) }
}

export const jsSdk = kind('matrix-js-sdk 43', false)
export const jsSdkSliding = kind('matrix-js-sdk 43 over sliding sync', true)
