import type { Sharp } from 'sharp'
import type { Job } from './jobs.ts'
import { type PictureType, pictureTypeOf } from './picture-types.ts'
import { type Picture, SandboxFailed } from './types.ts'

// Runs in the child. The library is Apache-2.0; the libvips that it loads is LGPL and a library of its own, which whoever
// likes can replace.

type Wish = Extract<Job, { kind: 'shrink' }>

/** The decoders for what `pictureTypeOf` knows; all others are switched off. */
const decoders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`)

type Library = typeof import('sharp').default

let loading: Promise<Library> | undefined

async function library(): Promise<Library> {
  const { default: sharp } = await import('sharp').catch(() => {
    throw new SandboxFailed('unavailable')
  })
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: decoders })
  return sharp
}

export async function shrink(original: Buffer, wish: Wish): Promise<Picture | 'original'> {
  const type = pictureTypeOf(original)
  if (type === undefined) throw new SandboxFailed('unreadable')
  loading ??= library()
  const sharp = await loading
  const open = (animated: boolean) =>
    sharp(original, { animated, limitInputPixels: false, sequentialRead: true, failOn: 'error' })
  const { width, height, pages = 1, hasAlpha = false, orientation = 1 } = await open(false).metadata()
  if (width * height > wish.pixelsMax) throw new SandboxFailed('too-large')
  const size = orientation >= 5 ? { width: height, height: width } : { width, height }
  const moves = pages > 1 || (type === 'image/png' && hasFrames(original))
  const isSmall = size.width <= wish.width && size.height <= wish.height
  if (isSmall && !wish.anew && isShown(type) && (!moves || wish.animated)) return 'original'
  if (wish.animated && pages > 1 && width * height * pages <= wish.movingPixelsMax) {
    const moving = await encoded(resized(open(true), size, wish).webp({ quality: 75, effort: 2 }), 'image/webp')
    if (moving.bytes.length <= wish.bytesMax) return moving
  }
  const still = resized(open(false).autoOrient(), size, wish)
  const picture = hasAlpha ? await encoded(still.png(), 'image/png') : await encoded(still.jpeg(), 'image/jpeg')
  if (picture.bytes.length > wish.bytesMax) throw new SandboxFailed('too-large')
  return picture
}

type Size = { readonly width: number; readonly height: number }

/** Into the box, or over it; a box that is larger than the picture shrinks first, so that nothing is made larger. */
function resized(picture: Sharp, { width, height }: Size, wish: Wish): Sharp {
  if (wish.method === 'scale')
    return picture.resize(wish.width, wish.height, { fit: 'inside', withoutEnlargement: true })
  const share = Math.min(1, width / wish.width, height / wish.height)
  const side = (length: number) => Math.max(1, Math.round(length * share))
  return picture.resize(side(wish.width), side(wish.height), { fit: 'cover' })
}

async function encoded(picture: Sharp, contentType: Picture['contentType']): Promise<Picture> {
  const { data, info } = await picture.toBuffer({ resolveWithObject: true })
  return { bytes: data, contentType, width: info.width, height: info.pageHeight ?? info.height }
}

/** Whether it may be given to clients as a thumbnail: https://spec.matrix.org/v1.19/client-server-api/#thumbnails */
function isShown(type: PictureType): boolean {
  return type !== 'image/avif'
}

/** Whether a PNG is an animated one: its acTL chunk stands before the first pixels. */
function hasFrames(png: Buffer): boolean {
  const pixelsAt = png.indexOf('IDAT')
  return png.subarray(0, pixelsAt === -1 ? undefined : pixelsAt).includes('acTL')
}
