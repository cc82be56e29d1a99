import { FileAnswer } from '#platform/api.ts'
import { contentDisposition } from './content-disposition.ts'
import { isInlineSafe } from './content-types.ts'
import type { Media, MediaFile } from './media.ts'
import { parseRange } from './ranges.ts'

/**
 * Files are what strangers made: nothing in one may run, load or frame anything, even when it is opened by its address.
 */
const contentSecurityPolicy = [
  'sandbox',
  "default-src 'none'",
  "script-src 'none'",
  "style-src 'unsafe-inline'",
  "media-src 'self'",
  "object-src 'self'",
].join('; ')

type RequestHeaders = Record<string, string | undefined>

type FileRequest = {
  readonly headers: RequestHeaders
  /** The name that the address asks for, in place of the uploader's. */
  readonly fileName?: string | undefined
}

/** What stands on every file, and every part of one. A file never changes under its address. */
function commonHeaders(etag: string): Record<string, string> {
  return {
    'cache-control': 'private, max-age=31536000, immutable',
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    etag,
  }
}

/** A file, or a range of it, or that the reader has it already. */
export async function fileAnswer(
  media: Pick<Media, 'read'>,
  file: MediaFile,
  { headers, fileName }: FileRequest,
): Promise<FileAnswer> {
  const etag = `"${file.id}"`
  const common = commonHeaders(etag)
  if (names(headers['if-none-match'], etag)) return new FileAnswer(Buffer.alloc(0), common, 304)
  const ifRange = headers['if-range']
  const range = ifRange === undefined || ifRange === etag ? parseRange(headers.range, file.sizeBytes) : 'all'
  if (range === 'unsatisfiable') {
    return new FileAnswer(Buffer.alloc(0), { ...common, 'content-range': `bytes */${file.sizeBytes}` }, 416)
  }
  const { start, end } = range === 'all' ? { start: 0, end: file.sizeBytes } : range
  const kind = isInlineSafe(file.contentType) ? 'inline' : 'attachment'
  const answer = {
    ...common,
    'accept-ranges': 'bytes',
    'content-type': file.contentType,
    'content-disposition': contentDisposition(kind, fileName ?? file.fileName),
    'content-length': String(end - start),
    ...(range !== 'all' && { 'content-range': `bytes ${start}-${end - 1}/${file.sizeBytes}` }),
  }
  return new FileAnswer(await media.read(file, { start, end }), answer, range === 'all' ? 200 : 206)
}

/** A picture of our own making. */
export function pictureAnswer(
  { bytes, contentType, etag }: { bytes: Buffer; contentType: string; etag: string },
  headers: RequestHeaders,
): FileAnswer {
  const common = commonHeaders(etag)
  if (names(headers['if-none-match'], etag)) return new FileAnswer(Buffer.alloc(0), common, 304)
  const fileName = `thumbnail.${contentType.slice('image/'.length)}`
  const answer = { 'content-type': contentType, 'content-disposition': contentDisposition('inline', fileName) }
  return new FileAnswer(bytes, { ...common, ...answer, 'content-length': String(bytes.length) })
}

function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)
}
