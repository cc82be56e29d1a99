import Type from 'typebox'
import type { FileAnswer } from '#platform/api.ts'
import { fileAnswer, pictureAnswer } from '../media/file-answer.ts'
import type { Media, MediaFile } from '../media/media.ts'
import type { Thumbnails } from '../media/thumbnails.ts'

/** The parameters of a thumbnail, on the paths of today and on the old ones. */
export const thumbnailQuery = Type.Object({
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  method: Type.Optional(Type.Union([Type.Literal('crop'), Type.Literal('scale')])),
  animated: Type.Optional(Type.Boolean()),
  timeout_ms: Type.Optional(Type.Integer()),
})

type Wish = { width: number; height: number; method?: 'crop' | 'scale'; animated?: boolean }

export async function thumbnailAnswer(
  { media, thumbnails }: { media: Pick<Media, 'read'>; thumbnails: Pick<Thumbnails, 'of'> },
  file: MediaFile,
  { query, headers }: { query: Wish; headers: Record<string, string | undefined> },
): Promise<FileAnswer> {
  const { width, height, method = 'scale', animated = false } = query
  const thumbnail = await thumbnails.of(file, { width, height, method, animated })
  if (thumbnail.kind === 'made') return pictureAnswer(thumbnail, headers)
  return fileAnswer(media, { ...file, contentType: thumbnail.contentType }, { headers })
}
