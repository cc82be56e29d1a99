/** What sends need of the desk: conversations are rooms there, and numbers here. */
import type { Sensitivity } from '#channels/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { StoredEvent } from '#messaging/api.ts'
import type { Db } from '#platform/api.ts'
import type { Address, AddressKind } from '../people/types.ts'

export type Talk = {
  readonly id: number
  readonly agencyId: number
  readonly roomId: number
  /** Undefined while nobody knows whose address it is. */
  readonly personId: number | undefined
  readonly addressId: number
  readonly channelId: string
  readonly kind: AddressKind
  readonly sensitivity: Sensitivity
}

export type LeavingWords = {
  readonly text: string
  readonly file: { readonly url: string; readonly name: string; readonly type: string | undefined } | undefined
  readonly override: AddressKind | undefined
}

/** Generic in what the desk knows more of a conversation. */
export interface Talks<T extends Talk = Talk> {
  byRooms(roomIds: readonly number[], db?: Db): Promise<Map<number, T>>
  byId(id: number, db?: Db): Promise<T | undefined>
  route(inbound: {
    agencyId: number
    address: Address
    channelId: string
    queue?: string | undefined
    answersConversation?: number | undefined
    receivedMs: number
  }): Promise<T>
  say(
    talk: T,
    words: {
      key: string
      text: string
      subject?: string | undefined
      files: readonly { readonly name: string; readonly type: string; readonly bytes: Buffer }[]
      channelId: string
      kind: AddressKind
      receivedMs: number
    },
  ): Promise<string>
  notice(
    talk: T,
    notice: { key: string; text: string; inReplyTo?: string | undefined; facts?: JsonObject | undefined },
  ): Promise<string>
  delivered(talk: T, eventId: string): Promise<void>
  takeLine(db: Db, talk: T, line: { addressId: number; channelId: string }): Promise<void>
  leaves(talk: T, event: StoredEvent): Promise<LeavingWords | undefined>
}

/** Reads events of rooms by their internal ids. */
export interface RoomEvents {
  events(ids: readonly number[]): Promise<StoredEvent[]>
}
