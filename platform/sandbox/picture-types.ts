export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp' | 'image/avif'

/** How many bytes of a file tell what it is. */
export const signatureBytes = 32

/**
 * What a file is by its first bytes, whatever it is called: nothing else is handed to a decoder. Undefined for all that
 * is not opened here; SVG is none of them, because it is a program rather than a picture.
 */
export function pictureTypeOf(bytes: Uint8Array): PictureType | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, signatureBytes)).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (/^GIF8[79]a/.test(text)) return 'image/gif'
  if (/^RIFF.{4}WEBP/s.test(text)) return 'image/webp'
  if (/^.{4}ftypavi[fs]/s.test(text)) return 'image/avif'
  return undefined
}
