/** What of a room reaches the citizen: messages with words or a file by a human member of the staff, and nothing else. */
import { isJsonObject, type JsonObject } from '#matrix/api.ts'
import type { StoredEvent } from '#messaging/api.ts'
import type { AddressKind } from '../people/types.ts'
import { isCommand } from './commands.ts'
import { citizenPrefix, deskName } from './room-shapes.ts'
import type { LeavingFile } from './types.ts'

const withFile: ReadonlySet<unknown> = new Set(['m.image', 'm.file', 'm.audio', 'm.video'])
const kinds: ReadonlySet<unknown> = new Set(['sms', 'mail', 'inbox'])

export type SendOptions = {
  readonly channel: AddressKind | undefined
  /** The newest event that the writer had seen. */
  readonly seen: string | undefined
  /** She knows that a colleague is answering or has answered, and sends all the same. */
  readonly isConfirmed: boolean
}

/** `chancery.send` of a message; undefined where its client does not know of it. */
export function sendOptions(content: JsonObject): SendOptions | undefined {
  const wish = content['chancery.send']
  if (!isJsonObject(wish)) return undefined
  return {
    channel: kinds.has(wish.channel) ? (wish.channel as AddressKind) : undefined,
    seen: typeof wish.seen === 'string' ? wish.seen : undefined,
    isConfirmed: wish.confirm === true,
  }
}

export function isStaffId(matrixId: string): boolean {
  return !matrixId.startsWith(`@${deskName}:`) && !matrixId.startsWith(`@${citizenPrefix}`)
}

/** An edit changes our record, never what was sent. */
export function isEdit(content: JsonObject): boolean {
  const relation = content['m.relates_to']
  return isJsonObject(relation) && relation.rel_type === 'm.replace'
}

/** Whether a message of the staff is meant for her. */
export function isForCitizen({ type, content }: { readonly type: string; readonly content: JsonObject }): boolean {
  if (type !== 'm.room.message' || isEdit(content)) return false
  if (content.msgtype === 'm.text') return typeof content.body === 'string' && !isCommand(content)
  return withFile.has(content.msgtype) && typeof content.url === 'string'
}

export type LeavingWords = { readonly text: string; readonly file: LeavingFile | undefined }

/** Undefined for what stays, also once it was redacted. */
export function leavingWords(event: StoredEvent): LeavingWords | undefined {
  const { content } = event
  if (event.isRedacted || !isStaffId(event.sender) || !isForCitizen(event)) return undefined
  const body = typeof content.body === 'string' ? content.body : ''
  if (content.msgtype === 'm.text') return { text: withoutFallback(content, body), file: undefined }
  const name = typeof content.filename === 'string' ? content.filename : body
  const info = isJsonObject(content.info) ? content.info : {}
  const type = typeof info.mimetype === 'string' ? info.mimetype : undefined
  // A body beside a file name is what the sender says about the file.
  return { text: name === body ? '' : body, file: { url: String(content.url), name, type } }
}

/** Older clients repeat what they answer before their own words: she knows what she wrote. */
function withoutFallback(content: JsonObject, body: string): string {
  const relation = content['m.relates_to']
  if (!isJsonObject(relation) || !isJsonObject(relation['m.in_reply_to']) || !body.startsWith('> ')) return body
  const lines = body.split('\n')
  const first = lines.findIndex((line) => !line.startsWith('>'))
  return first === -1 ? body : lines.slice(lines[first] === '' ? first + 1 : first).join('\n')
}
