import { refuse } from '#platform/api.ts'
import type { Media, MediaFile } from '../media/media.ts'

/** How long a file that was announced is waited for, unless the client says otherwise; fixed by the specification. */
const waitMsUsual = 20_000

type Address = { readonly serverName: string; readonly mediaId: string }

/** The file that a path names; files of other servers are not fetched. */
export async function knownFile(
  deps: { media: Pick<Media, 'findOrWait'>; serverName: string },
  request: { params: Address; query: { timeout_ms?: number }; readonly signal: AbortSignal },
): Promise<MediaFile> {
  const { serverName, mediaId } = request.params
  if (serverName !== deps.serverName) throw unknownFile()
  const timeoutMs = Math.max(0, request.query.timeout_ms ?? waitMsUsual)
  const file = await deps.media.findOrWait(mediaId, { timeoutMs, signal: request.signal })
  if (file === undefined) throw unknownFile()
  return file
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
