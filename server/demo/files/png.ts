import { crc32, deflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Eight bits a channel, red, green and blue, no interlacing. */
const trueColour = [8, 2, 0, 0, 0]

/** A PNG (https://www.w3.org/TR/png-3/) of `width` times `height` pixels of three bytes each, row by row. */
export function writePng(width: number, height: number, pixels: Uint8Array): Buffer {
  const rowBytes = width * 3
  const rows = Buffer.alloc((rowBytes + 1) * height)
  for (let y = 0; y < height; y += 1) {
    // Each row begins with its filter; "up" lets flat areas vanish in the compression.
    const at = y * (rowBytes + 1)
    rows[at] = 2
    for (let x = 0; x < rowBytes; x += 1) {
      const above = y === 0 ? 0 : pixels[(y - 1) * rowBytes + x]!
      rows[at + 1 + x] = pixels[y * rowBytes + x]! - above
    }
  }
  const header = Buffer.alloc(8)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.concat([header, Buffer.from(trueColour)])),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)])
}
