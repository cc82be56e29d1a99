import {
  ConnectionError,
  EventStatus,
  EventType,
  type MatrixClient,
  type MatrixEvent,
  RelationType,
  type Room,
} from 'matrix-js-sdk'
import { type Refusal, refusalIn } from './desk.ts'
import { fileMessage, type MessageContent, type TextDraft } from './message.ts'
import { preparePicture } from './picture.ts'

// What was handed to the outbox since this page was opened, by transaction id.
const writtenHere = new Set<string>()

/** Hands a message to the outbox: it shows at once, and a failure stays on its line. */
export function sendMessage(
  client: MatrixClient,
  roomId: string,
  threadId: string | undefined,
  content: MessageContent,
): void {
  const transactionId = client.makeTxnId()
  writtenHere.add(transactionId)
  client.sendMessage(roomId, threadId ?? null, content as never, transactionId).catch(() => undefined)
}

/**
 * Whether an event only misses the connection, or stands behind one that does; it goes by itself later. What an earlier
 * page left behind is not sent without being asked: its writer may have said it otherwise by now.
 */
export function waits(event: MatrixEvent): boolean {
  if (event.status !== EventStatus.NOT_SENT) return false
  if (event.error) return event.error instanceof ConnectionError
  return writtenHere.has(event.getTxnId() ?? '')
}

/** Sends words to a citizen. Those that the server refuses for a reason leave no line behind: they are to be changed. */
export async function sendOrTakeBack(
  client: MatrixClient,
  room: Room,
  content: Record<string, unknown>,
): Promise<Refusal | undefined> {
  const transactionId = client.makeTxnId()
  writtenHere.add(transactionId)
  try {
    await client.sendMessage(room.roomId, null, content as never, transactionId)
    return undefined
  } catch (error) {
    const refusal = refusalIn(error)
    const event = room.getPendingEvents().find((pending) => pending.getTxnId() === transactionId)
    if (refusal && event) client.cancelPendingEvent(event)
    return refusal
  }
}

export type FileToSend = {
  roomId: string
  file: File
  relation: Pick<TextDraft, 'reply' | 'thread'>
  onProgress(part: number): void
  cancel: AbortController
}

/** Uploads a file, with a small version of a picture first, and sends its message. Throws when the upload fails. */
export async function sendFile(
  client: MatrixClient,
  { roomId, file, relation, onProgress, cancel }: FileToSend,
): Promise<void> {
  const picture = await preparePicture(file)
  const small = picture?.thumbnail
  const abortController = cancel
  const uploadedSmall = small
    ? await client.uploadContent(small.blob, { includeFilename: false, type: small.blob.type, abortController })
    : undefined
  const uploaded = await client.uploadContent(file, {
    name: file.name,
    type: file.type || 'application/octet-stream',
    abortController,
    progressHandler: ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0),
  })
  const thumbnail =
    small && uploadedSmall
      ? {
          mxc: uploadedSmall.content_uri,
          type: small.blob.type,
          size: small.blob.size,
          width: small.width,
          height: small.height,
        }
      : undefined
  const content = fileMessage(
    {
      name: file.name,
      type: file.type,
      size: file.size,
      mxc: uploaded.content_uri,
      ...(picture
        ? { picture: { width: picture.width, height: picture.height, ...(thumbnail ? { thumbnail } : {}) } }
        : {}),
    },
    relation,
  )
  sendMessage(client, roomId, relation.thread?.rootId, content)
}

/** Adds an endorsement of one's own to an event. */
export async function endorse(client: MatrixClient, roomId: string, eventId: string, key: string): Promise<void> {
  await client.sendEvent(roomId, null, EventType.Reaction, {
    'm.relates_to': { rel_type: RelationType.Annotation, event_id: eventId, key },
  })
}

export async function redact(client: MatrixClient, roomId: string, eventId: string, reason = ''): Promise<void> {
  await client.redactEvent(roomId, eventId, undefined, reason ? { reason } : undefined)
}

export function sendAgain(client: MatrixClient, room: Room, event: MatrixEvent): void {
  client.resendEvent(event, room).catch(() => undefined)
}

/** Sends everything that waited for the connection, in the order in which it was written. */
export async function sendWaiting(client: MatrixClient): Promise<void> {
  for (const room of client.getRooms()) {
    for (const event of room.getPendingEvents().filter(waits)) {
      await client.resendEvent(event, room).catch(() => undefined)
    }
  }
}
