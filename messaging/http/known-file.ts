import { type Access, isProgram, type Subject } from '#access/api.ts'
import { refuse } from '#platform/api.ts'
import type { Media, MediaFile } from '../media/media.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Principal } from './acts.ts'

/** How long a file that was announced is waited for, unless the client says otherwise; fixed by the specification. */
const waitMsUsual = 20_000

type Address = { readonly serverName: string; readonly mediaId: string }

/** Who asks, and for which rooms she may be answered. */
export type FileReaders = { readonly access: Pick<Access, 'visible'>; readonly memberships: Pick<Memberships, 'load'> }

/** The file that a path names; files of other servers are not fetched. One that is kept in a room is for its people alone. */
export async function knownFile(
  deps: FileReaders & { media: Pick<Media, 'findOrWait'>; serverName: string },
  request: { params: Address; query: { timeout_ms?: number }; readonly signal: AbortSignal; caller: Subject },
): Promise<MediaFile> {
  const { serverName, mediaId } = request.params
  if (serverName !== deps.serverName) throw unknownFile()
  const timeoutMs = Math.max(0, request.query.timeout_ms ?? waitMsUsual)
  const file = await deps.media.findOrWait(mediaId, { timeoutMs, signal: request.signal })
  if (file === undefined || !(await mayRead(deps, request.caller, file))) throw unknownFile()
  return file
}

/** Who has left keeps what she could read. A program is in no room. */
export async function mayRead({ access, memberships }: FileReaders, subject: Principal, { roomId }: MediaFile) {
  if (roomId === undefined) return true
  if (isProgram(subject)) return false
  await memberships.load(subject.userId)
  const membership = access.visible(subject).membership(roomId)
  return membership === 'join' || membership === 'leave'
}

/** A file that may be read without signing in. Whether others exist is told to nobody. */
export async function openFile(
  deps: { media: Pick<Media, 'find'>; serverName: string },
  { serverName, mediaId }: Address,
): Promise<MediaFile> {
  const file = serverName === deps.serverName ? await deps.media.find(mediaId) : undefined
  if (file?.isOpen) return file
  throw refuse('M_NOT_FOUND', 'Files are read under /_matrix/client/v1/media, with an access token. Update the app.')
}

export function unknownFile(): Error {
  return refuse('M_NOT_FOUND', 'There is no such file on this server. Check the address.')
}
