import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { createSandbox } from './sandbox.ts'
import type { PictureWish } from './types.ts'

// Pictures of every kind with bytes turned, cut out, doubled and swapped. Whatever they do to a decoder, each is
// answered, in time, and the sound one after them is served. `npm run prove -- thumbnails` does this in full.

const count = Number(process.env.CHANCERY_PICTURES ?? 60)
const seed = Number(process.env.CHANCERY_SEED ?? 1)
const sandbox = createSandbox()
afterAll(() => sandbox.close())

let state = seed >>> 0
/** A whole number below `max`; the same row for the same seed. Mulberry32, by Tommy Ettinger. */
function below(max: number): number {
  state = (state + 0x6d2b79f5) >>> 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * max)
}

function mutated(original: Buffer): Buffer {
  let bytes = Buffer.from(original)
  for (let n = 1 + below(8); n > 0; n -= 1) {
    // Heads decide the most, so half of all changes are made there.
    const at = below(below(2) === 0 ? Math.min(200, bytes.length) : bytes.length)
    const length = 1 + below(64)
    const changes: (() => Buffer)[] = [
      () => bytes.fill(below(256), at, Math.min(bytes.length, at + 1)),
      () => bytes.fill(below(2) * 255, at, Math.min(bytes.length, at + length)),
      () => bytes.subarray(0, Math.max(16, at)),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]),
      () => Buffer.concat([bytes, Buffer.from('PK\x03\x04<script>alert(1)</script>'), bytes.subarray(at)]),
    ]
    bytes = Buffer.from(changes[below(changes.length)]!())
    if (bytes.length < 16) return bytes
  }
  return bytes
}

async function originals(): Promise<Buffer[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  const still = sharp({ create: { width: 300, height: 200, channels: 3, background: '#888', noise } })
  const frames = await Promise.all(
    ['#f00', '#00f'].map((background) =>
      sharp({ create: { width: 120, height: 120, channels: 4, background } })
        .png()
        .toBuffer(),
    ),
  )
  const moving = () => sharp(frames, { join: { animated: true } })
  return Promise.all([
    still
      .clone()
      .jpeg()
      .withExif({ IFD0: { Make: 'Camera' } })
      .toBuffer(),
    still.clone().jpeg({ progressive: true }).toBuffer(),
    still.clone().png().toBuffer(),
    still.clone().png({ progressive: true, palette: true }).toBuffer(),
    still.clone().webp().toBuffer(),
    still.clone().avif({ effort: 0 }).toBuffer(),
    moving().gif().toBuffer(),
    moving().webp().toBuffer(),
  ])
}

test(`${count} broken pictures are each answered, and hold nobody up`, { timeout: 30_000 + count * 200 }, async () => {
  const sound = await originals()
  const answers: Record<string, number> = {}
  const tell = (answer: string) => {
    answers[answer] = (answers[answer] ?? 0) + 1
  }
  const ask = async (n: number) => {
    const wish: PictureWish = {
      width: 96,
      height: 96,
      method: n % 2 === 0 ? 'crop' : 'scale',
      animated: n % 3 === 0,
    }
    await sandbox
      .shrink(async () => mutated(sound[n % sound.length]!), wish)
      .then(
        () => tell('picture'),
        (error) => tell(error.failure ?? String(error)),
      )
  }
  for (let n = 0; n < count; n += 20) {
    await Promise.all(Array.from({ length: Math.min(20, count - n) }, (_, more) => ask(n + more)))
  }
  expect(Object.values(answers).reduce((sum, one) => sum + one)).toBe(count)
  expect(answers).not.toHaveProperty('unavailable')
  const known = ['picture', 'unreadable', 'too-large', 'crashed', 'timed-out']
  expect(Object.keys(answers).filter((answer) => !known.includes(answer))).toEqual([])
  const next = sandbox.shrink(async () => sound[0]!, { width: 96, height: 96, method: 'crop', animated: false })
  expect(await next).toMatchObject({ width: 96, height: 96 })
  console.log(`pictures: ${JSON.stringify(answers)}`)
})
