import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createSandbox, type SandboxDeps } from './sandbox.ts'
import type { Picture, PictureWish, Sandbox } from './types.ts'

const made: Sandbox[] = []
const folder = mkdtempSync(join(tmpdir(), 'chancery-sandbox-'))

function sandbox(deps: SandboxDeps = {}): Sandbox {
  const one = createSandbox(deps)
  made.push(one)
  return one
}

afterEach(async () => {
  for (const one of made.splice(0)) await one.close()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A sandbox whose child runs other code in place of the program. */
function doing(code: string, deps: SandboxDeps = {}): Sandbox {
  const program = join(folder, `${made.length}-${code.length}.mjs`)
  writeFileSync(program, code)
  return sandbox({ ...deps, child: { timeoutMs: 2_000, ...deps.child, program } })
}

const wish = (more: Partial<PictureWish> = {}): PictureWish => ({
  width: 96,
  height: 96,
  method: 'scale',
  animated: false,
  ...more,
})
const shrink = (by: Sandbox, picture: Buffer, how: PictureWish): Promise<Picture | 'original'> =>
  by.shrink(async () => picture, how)
const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (error) => error.failure ?? error,
  )
const plain = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 40, b: 40, alpha: 0.5 } } })
const colours = ['#f00', '#0f0', '#00f']
/** Three frames, one after another. */
const moving = async (width: number, height: number, format: 'gif' | 'webp', rounds = 1) => {
  const frames = await Promise.all(
    Array.from({ length: rounds }, () => colours)
      .flat()
      .map((background) =>
        sharp({ create: { width, height, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
  )
  return sharp(frames, { join: { animated: true } })
    [format]()
    .toBuffer()
}

describe('pictures', () => {
  test('of every kind become smaller, in their proportions or in those of the box', async () => {
    const one = sandbox()
    const source = plain(640, 320)
    const originals = {
      jpeg: await source.jpeg().toBuffer(),
      png: await source.png().toBuffer(),
      gif: await source.gif().toBuffer(),
      webp: await source.webp().toBuffer(),
      avif: await source.avif({ effort: 0 }).toBuffer(),
    }
    for (const [kind, bytes] of Object.entries(originals)) {
      const scaled = await shrink(one, bytes, wish())
      expect([kind, scaled]).toEqual([kind, expect.objectContaining({ width: 96, height: 48 })])
      if (scaled === 'original') continue
      const { format, width, height } = await sharp(scaled.bytes).metadata()
      expect([`image/${format}`, width, height]).toEqual([scaled.contentType, 96, 48])
      const cropped = await shrink(one, bytes, wish({ method: 'crop' }))
      expect([kind, cropped]).toEqual([kind, expect.objectContaining({ width: 96, height: 96 })])
    }
  })

  test('what can be seen through stays so', async () => {
    const picture = await shrink(sandbox(), await plain(200, 200, 4).png().toBuffer(), wish())
    expect(picture).toMatchObject({ contentType: 'image/png' })
    expect((await sharp((picture as { bytes: Buffer }).bytes).metadata()).hasAlpha).toBe(true)
  })

  test('nothing is made larger; what is small enough is given as it is', async () => {
    const one = sandbox()
    const small = await plain(64, 40).png().toBuffer()
    expect(await shrink(one, small, wish())).toBe('original')
    expect(await shrink(one, small, wish({ method: 'crop' }))).toBe('original')
    expect(await shrink(one, small, wish({ anew: true }))).toMatchObject({ width: 64, height: 40 })
    const wide = await plain(400, 50).jpeg().toBuffer()
    expect(await shrink(one, wide, wish({ method: 'crop' }))).toMatchObject({ width: 50, height: 50 })
    expect(await shrink(one, await plain(64, 40).avif({ effort: 0 }).toBuffer(), wish())).toMatchObject({
      width: 64,
      height: 40,
      contentType: 'image/jpeg',
    })
  })

  test('are upright, and forget where they were taken', async () => {
    const original = await plain(400, 200)
      .withExif({ IFD0: { Make: 'Camera' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const picture = await shrink(sandbox(), original, wish())
    expect(picture).toMatchObject({ width: 48, height: 96 })
    const { exif, orientation } = await sharp((picture as { bytes: Buffer }).bytes).metadata()
    expect([exif, orientation]).toEqual([undefined, undefined])
  })

  test.each(['gif', 'webp'] as const)('a %s that moves goes on moving only where that is wanted', async (kind) => {
    const one = sandbox()
    const [large, small] = [await moving(300, 300, kind), await moving(40, 40, kind)]
    const animated = await shrink(one, large, wish({ animated: true }))
    expect(animated).toMatchObject({ contentType: 'image/webp', width: 96, height: 96 })
    expect((await sharp((animated as { bytes: Buffer }).bytes).metadata()).pages).toBe(3)
    expect(await shrink(one, small, wish({ animated: true }))).toBe('original')
    for (const bytes of [large, small]) {
      const still = await shrink(one, bytes, wish())
      if (still === 'original') throw new Error('It may not move.')
      expect((await sharp(still.bytes).metadata()).pages ?? 1).toBe(1)
    }
  })
})

test('what moves for too long stands still', async () => {
  const long = await moving(2_000, 2_000, 'gif', 3)
  const still = await shrink(sandbox(), long, wish({ animated: true }))
  expect(still).toMatchObject({ contentType: 'image/png', width: 96, height: 96 })
})

describe('files that were made to break readers', () => {
  test('are told to be unreadable, and the next is served', async () => {
    const one = sandbox()
    const png = await plain(300, 300).png().toBuffer()
    const jpeg = await plain(300, 300).jpeg().toBuffer()
    const bad: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><rect/></svg>'),
      html: Buffer.from('<html><script>alert(1)</script></html>'),
      pdf: Buffer.from('%PDF-1.7\n'),
      tiff: await plain(300, 300).tiff().toBuffer(),
      'png head': png.subarray(0, 8),
      'png without pixels': png.subarray(0, 60),
      'gif head and script': Buffer.from('GIF89a/*<script>alert(1)</script>*/=1'),
      'jpeg head': jpeg.subarray(0, 20),
      'webp head': Buffer.from('RIFF\xff\xff\xff\xffWEBPVP8 ', 'latin1'),
      'avif head': Buffer.from('\0\0\0\x20ftypavif\0\0\0\0avifmif1', 'latin1'),
    }
    for (const [name, bytes] of Object.entries(bad)) {
      expect([name, await failure(shrink(one, bytes, wish()))]).toEqual([name, 'unreadable'])
    }
    expect(await failure(shrink(one, png, wish()))).toBe('done')
  })

  test('a few bytes that claim to be a giant are not unfolded', async () => {
    const bomb = await plain(15_000, 12_000).png({ compressionLevel: 9 }).toBuffer()
    expect(bomb.length).toBeLessThan(8_000_000)
    expect(await failure(shrink(sandbox(), bomb, wish()))).toBe('too-large')
    const claimed = Buffer.from(await plain(10, 10).png().toBuffer())
    claimed.writeUInt32BE(0x7fffffff, 16)
    expect(['unreadable', 'too-large']).toContain(await failure(shrink(sandbox(), claimed, wish())))
  })
})

describe('the child', () => {
  const forever = "process.stdin.on('data', () => { for (;;); })"

  test('is ended when it takes too long, and the next file gets another', async () => {
    const one = doing(forever, { child: { timeoutMs: 300 } })
    expect(await failure(shrink(one, Buffer.from('x'), wish()))).toBe('timed-out')
    expect(await failure(shrink(one, Buffer.from('x'), wish()))).toBe('timed-out')
  })

  test('gets no more memory than it may have', async () => {
    const greedy = `process.stdin.on('data', () => {
      const held = []
      try { for (;;) held.push(Buffer.alloc(50_000_000, 1)) } catch { process.exit(1) }
    })`
    expect(await failure(shrink(doing(greedy, { child: { timeoutMs: 20_000 } }), Buffer.from('x'), wish()))).toBe(
      'crashed',
    )
  })

  test('may read nothing of the server, write nowhere and start nothing, and knows none of its variables', async () => {
    process.env.SANDBOX_SECRET = 'secret'
    const curious = `
      import { readFileSync, writeFileSync } from 'node:fs'
      import { spawnSync } from 'node:child_process'
      import { Worker } from 'node:worker_threads'
      const done = (act) => { try { act(); return 'done' } catch (error) { return error.code } }
      process.stdin.on('data', () => {
        const facts = { properties: {
          read: done(() => readFileSync('/etc/passwd')),
          write: done(() => writeFileSync('${folder}/written', 'x')),
          start: done(() => spawnSync('/bin/true')),
          worker: done(() => new Worker('1', { eval: true })),
          environment: Object.keys(process.env).sort().join(),
        } }
        const head = Buffer.from(JSON.stringify({ kind: 'page', facts }))
        const lengths = Buffer.alloc(8)
        lengths.writeUInt32BE(head.length, 0)
        process.stdout.write(Buffer.concat([lengths, head]))
      })`
    const denied = 'ERR_ACCESS_DENIED'
    const one = doing(curious, { child: { readable: [folder] } })
    const { environment, ...acts } = (await one.readPage(Buffer.from('x'), undefined)).properties
    expect(acts).toEqual({ read: denied, write: denied, start: denied, worker: denied })
    expect(environment).not.toContain('SECRET')
  })

  test('is not believed when it answers too much, or not in its words', async () => {
    for (const words of [
      'Buffer.alloc(100, 255)',
      'Buffer.from([0,0,0,2,0,0,0,0,0x7b,0x7d])',
      "Buffer.from('\\0\\0\\0\\1\\0\\0\\0\\0?')",
    ]) {
      const one = doing(`process.stdin.on('data', () => process.stdout.write(${words}))`)
      expect([words, await failure(shrink(one, Buffer.from('x'), wish()))]).toEqual([words, 'crashed'])
    }
  })

  test('past those that may wait, who asks is told to come back', async () => {
    const one = doing(forever, { waitingMax: 1, child: { timeoutMs: 500 } })
    const asked = await Promise.all([1, 2, 3, 4].map(() => failure(shrink(one, Buffer.from('x'), wish()))))
    expect(asked).toEqual(['timed-out', 'timed-out', 'timed-out', 'busy'])
  })

  test('ends when nobody needs it, and a new one is started', async () => {
    const one = sandbox({ idleMs: 1 })
    const picture = await plain(200, 200).png().toBuffer()
    for (let n = 0; n < 3; n += 1) {
      expect(await shrink(one, picture, wish())).toMatchObject({ width: 96 })
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  })

  test('ends with the sandbox, also over its work', async () => {
    const one = doing(forever)
    const asked = failure(shrink(one, Buffer.from('x'), wish()))
    await one.close()
    expect(await asked).toBe('crashed')
    expect(await failure(shrink(one, Buffer.from('x'), wish()))).toBe('crashed')
  })
})
