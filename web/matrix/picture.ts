/** What a picture needs beside itself: its measures, and a small version when it is large. */
export type PreparedPicture = {
  width: number
  height: number
  thumbnail?: { blob: Blob; width: number; height: number }
}

const thumbnailEdge = 800
const smallEnoughBytes = 200_000
const shownTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

export const isPicture = (type: string): boolean => shownTypes.has(type)

/** Measures a picture and draws a small one. Undefined when the browser cannot read it: then it travels as a file. */
export async function preparePicture(file: File): Promise<PreparedPicture | undefined> {
  if (!isPicture(file.type)) return undefined
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  if (!bitmap) return undefined
  const { width, height } = bitmap
  const scale = Math.min(1, thumbnailEdge / Math.max(width, height))
  try {
    if (scale === 1 && file.size < smallEnoughBytes) return { width, height }
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const type = file.type === 'image/jpeg' ? 'image/jpeg' : 'image/webp'
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, 0.82))
    if (!blob || blob.size >= file.size) return { width, height }
    return { width, height, thumbnail: { blob, width: canvas.width, height: canvas.height } }
  } finally {
    bitmap.close()
  }
}
