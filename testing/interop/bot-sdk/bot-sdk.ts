import { cpSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type ClientKind, type InteropClient, NotHere } from '../client.ts'
import { run } from '../tools.ts'
import { until } from '../until.ts'

type Message = { content?: { body?: string }; sender: string }

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** @vector-im/matrix-bot-sdk as a bot: it joins where it is invited. */
class BotSdk implements InteropClient {
  readonly #library: any
  readonly #heard = new Set<string>()
  #client: any
  userId = ''

  constructor(library: any) {
    this.#library = library
  }

  async signIn(url: string, user: string, password: string): Promise<void> {
    const { MatrixAuth, MatrixClient, MemoryStorageProvider, AutojoinRoomsMixin, LogService } = this.#library
    LogService.setLogger(silent)
    const { accessToken } = await new MatrixAuth(url).passwordLogin(user, password, 'bot')
    this.#client = new MatrixClient(url, accessToken, new MemoryStorageProvider())
    AutojoinRoomsMixin.setupOnClient(this.#client)
    this.#client.on('room.message', (roomId: string, { content }: Message) =>
      this.#heard.add(`${roomId} ${content?.body}`),
    )
    await this.#client.start()
    this.userId = await this.#client.getUserId()
  }

  createRoom(room: { name: string; invite: readonly string[] }): Promise<string> {
    return this.#client.createRoom({ preset: 'private_chat', name: room.name, invite: room.invite })
  }

  async join(roomId: string): Promise<void> {
    while (!(await this.#client.getJoinedRooms()).includes(roomId)) await this.#client.joinRoom(roomId)
  }

  async sees(roomId: string, userId: string): Promise<void> {
    let members: string[] = []
    void this.#client.getJoinedRoomMembers(roomId).then((found: string[]) => {
      members = found
    })
    await until(`${userId} in the room`, () => members.includes(userId))
  }

  async say(roomId: string, body: string): Promise<void> {
    await this.#client.sendText(roomId, body)
  }

  async hears(roomId: string, body: string): Promise<{ wasEncrypted: boolean }> {
    await until(`the message "${body}"`, () => this.#heard.has(`${roomId} ${body}`))
    return { wasEncrypted: false }
  }

  async rooms(): Promise<readonly string[]> {
    const rooms: string[] = await this.#client.getJoinedRooms()
    const names = rooms.map((room) => this.#client.getRoomStateEvent(room, 'm.room.name', ''))
    return (await Promise.all(names)).map(({ name }) => name)
  }

  async stop(): Promise<void> {
    this.#client?.stop()
  }
}

/**
 * Installed apart: it brings 190 packages. Its native crypto would be downloaded at install, so a stand-in that holds
 * nothing takes its place, and it runs without encryption.
 */
export const botSdk: ClientKind = {
  name: 'matrix-bot-sdk 0.7',
  canEncrypt: false,
  async prepare(folder) {
    const place = join(folder, 'bot-sdk')
    if (!existsSync(join(place, 'node_modules', '@vector-im'))) {
      cpSync(join(import.meta.dirname, 'package'), place, { recursive: true })
      try {
        await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: place })
      } catch (error) {
        throw new NotHere(`npm could not install it (${(error as Error).message})`)
      }
    }
    const library = createRequire(join(place, 'package.json'))('@vector-im/matrix-bot-sdk')
    return () => new BotSdk(library)
  },
}
