import { refuse } from '#platform/api.ts'
import type { Media, MediaFile } from '../media/media.ts'

/** The file that a path names; files of other servers are not fetched. */
export async function knownFile(
  deps: { media: Pick<Media, 'find'>; serverName: string },
  params: { serverName: string; mediaId: string },
): Promise<MediaFile> {
  const file = params.serverName === deps.serverName ? await deps.media.find(params.mediaId) : undefined
  if (file === undefined) throw refuse('M_NOT_FOUND', 'There is no such file on this server. Check the address.')
  return file
}
