/**
 * Which content types a browser may show in place without harm: none of them can run anything.
 * https://spec.matrix.org/v1.19/client-server-api/#serving-inline-content
 */
const inlineTypes: ReadonlySet<string> = new Set([
  'text/css',
  'text/plain',
  'text/csv',
  'application/json',
  'application/ld+json',
  'image/jpeg',
  'image/gif',
  'image/png',
  'image/apng',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
  'audio/mpeg',
  'audio/ogg',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/x-pn-wav',
  'audio/flac',
  'audio/x-flac',
])

/** The image types that a thumbnail may have. */
const thumbnailTypes: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/gif',
  'image/webp',
])

const grammar = /^[A-Za-z0-9!#$&^_.+-]{1,127}\/[A-Za-z0-9!#$&^_.+-]{1,127}(?:[ \t]*;[\x20-\x7e]{0,200})?$/

export const unknownContentType = 'application/octet-stream'

/** The content type that an uploader named, or that of unknown bytes when it is none. */
export function contentTypeFrom(header: string | undefined): string {
  const text = header?.trim()
  return text !== undefined && grammar.test(text) ? text : unknownContentType
}

function essence(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}

export function isInlineSafe(contentType: string): boolean {
  return inlineTypes.has(essence(contentType))
}

export function isThumbnailType(contentType: string): boolean {
  return thumbnailTypes.has(essence(contentType))
}
