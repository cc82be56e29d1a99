import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxFailed, silentLogger, systemClock } from '#platform/api.ts'
import { connect } from '#platform/index.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'
import { Arrivals } from './arrivals.ts'
import { Thumbnails } from './thumbnails.ts'

let town: Town
let ada: TownPerson
let ben: TownPerson
let root: TownPerson

beforeAll(async () => {
  town = await startTown({ media: { personBytesMax: 400_000, serverBytesMax: 100_000_000 } })
  ;[ada, ben] = await town.people('ada', 'ben')
  root = await town.person('root', { role: 'administrator' })
})
afterAll(() => town[Symbol.asyncDispose]())

const code = async (answer: Promise<{ status: number; json: any }>) => {
  const { status, json } = await answer
  return status < 300 ? `${status}` : `${status} ${json?.errcode}`
}

async function upload(who: TownPerson, bytes: Buffer | string, type = 'image/png', name = 'a.png'): Promise<string> {
  const path = `/_matrix/media/v3/upload?filename=${encodeURIComponent(name)}`
  const { status, json, text } = await who.call('POST', path, { raw: bytes, headers: { 'content-type': type } })
  expect(status, text).toBe(200)
  return json.content_uri.slice('mxc://'.length)
}

const download = (who: TownPerson, file: string, query = '') =>
  who.call('GET', `/_matrix/client/v1/media/download/${file}${query}`)

async function raw(of: Town, path: string, token?: string, headers: Record<string, string> = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(of.url + path, { headers: { ...authorization, ...headers } })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

const thumbnail = (file: string, query: string, headers: Record<string, string> = {}) =>
  raw(town, `/_matrix/client/v1/media/thumbnail/${file}?${query}`, ada.token, headers)

const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#2a6' } })

const usage = async (owner: number) =>
  town.postgres.row<{ size: number; files: number }>(
    'select size_bytes as size, files from media_usage where owner_id = $1',
    [owner],
  )
const idOf = async (who: TownPerson) => (await town.chancery.identity.users.byMatrixId(who.id))!.id

describe('a file that is announced before it comes', () => {
  const announce = async (who = ada) => {
    const answer = await who.ok('POST', '/_matrix/media/v1/create', {})
    expect(answer.unused_expires_at).toBeGreaterThan(Date.now())
    return answer.content_uri.slice('mxc://'.length) as string
  }
  const send = (who: TownPerson, file: string, bytes = 'late words') =>
    who.call('PUT', `/_matrix/media/v3/upload/${file}?filename=late.txt`, {
      raw: bytes,
      headers: { 'content-type': 'text/plain' },
    })

  test('is read under its address once it has come, and is sent once', async () => {
    const file = await announce()
    expect(await code(download(ben, file, '?timeout_ms=0'))).toBe('504 M_NOT_YET_UPLOADED')
    expect(await code(send(ben, file))).toBe('403 M_FORBIDDEN')
    expect((await send(ada, file)).json).toEqual({})
    const answer = await download(ben, file)
    expect([answer.text, answer.headers.get('content-disposition')]).toEqual([
      'late words',
      'inline; filename=late.txt',
    ])
    expect(await code(send(ada, file))).toBe('409 M_CANNOT_OVERWRITE_MEDIA')
    expect(await code(send(ada, 'town.example/unknown'))).toBe('404 M_NOT_FOUND')
    expect(await code(send(ada, file.replace('town', 'other')))).toBe('404 M_NOT_FOUND')
  })

  test('is waited for by those who ask early', async () => {
    const file = await announce()
    const early = [download(ben, file), download(ada, file), thumbnail(file, 'width=32&height=32')]
    expect((await send(ada, file)).status).toBe(200)
    const [first, second, third] = await Promise.all(early)
    expect([first!.status, second!.status, third!.status]).toEqual([200, 200, 400])
  })

  test('is waited for on another node', async () => {
    const file = await announce()
    const postgres = connect({ address: town.database.address, poolSize: 2, applicationName: 'other node' })
    try {
      const other = new Arrivals({ postgres, clock: systemClock })
      const find = () => postgres.row('select id from media where id = $1', [file.split('/')[1]])
      const waiting = other.wait(file.split('/')[1]!, find, { timeoutMs: 20_000, signal: new AbortController().signal })
      await send(ada, file)
      expect(await waiting).toEqual({ id: file.split('/')[1] })
    } finally {
      await postgres.close()
    }
  })

  test('leaves its address free when it breaks a rule, and one of two that race is refused', async () => {
    const file = await announce()
    expect(await code(send(ada, file, 'x'.repeat(500_000)))).toBe('403 M_FORBIDDEN')
    const both = await Promise.all([code(send(ada, file)), code(send(ada, file))])
    expect(both.sort()).toEqual(['200', '409 M_CANNOT_OVERWRITE_MEDIA'])
  })

  test('lapses, and a person can announce only so many', async () => {
    const clock = new FakeClock()
    await using other = await startTown({ clock })
    const eva = await other.person('eva')
    const make = () => eva.call('POST', '/_matrix/media/v1/create', { body: {} })
    const first = (await make()).json.content_uri.slice('mxc://'.length)
    for (let n = 1; n < 100; n += 1) expect((await make()).status).toBe(200)
    expect(await code(make())).toBe('429 M_LIMIT_EXCEEDED')
    await clock.advance(25 * 3_600_000)
    expect(await code(make())).toBe('200')
    expect(await code(download(eva, first))).toBe('404 M_NOT_FOUND')
    expect(await code(send(eva, first))).toBe('404 M_NOT_FOUND')
    expect(await other.chancery.messaging.media.forgetPending()).toBe(100)
  })
})

describe('thumbnails', () => {
  test('are made of the pixels, whatever the file is called, and kept', async () => {
    const file = await upload(ada, await picture(800, 400).jpeg().toBuffer(), 'application/pdf', 'x.pdf')
    const made = await thumbnail(file, 'width=300&height=200')
    expect([made.status, made.headers.get('content-type'), made.headers.get('content-disposition')]).toEqual([
      200,
      'image/jpeg',
      'inline; filename=thumbnail.jpeg',
    ])
    expect(made.headers.get('content-security-policy')).toContain('sandbox')
    expect(await sharp(made.bytes).metadata()).toMatchObject({ width: 320, height: 160, format: 'jpeg' })
    const cropped = await thumbnail(file, 'width=64&height=64&method=crop')
    expect(await sharp(cropped.bytes).metadata()).toMatchObject({ width: 96, height: 96 })
    const count = () =>
      town.postgres.row<{ n: number }>('select count(*)::int as n from media_thumbnail where media_id = $1', [
        file.split('/')[1],
      ])
    expect(await count()).toEqual({ n: 2 })
    const again = await thumbnail(file, 'width=310&height=240&animated=true')
    expect(again.bytes.equals(made.bytes)).toBe(true)
    expect(await count()).toEqual({ n: 2 })
    const known = await thumbnail(file, 'width=300&height=200', { 'if-none-match': made.headers.get('etag')! })
    expect([known.status, known.bytes.length]).toEqual([304, 0])
  })

  test('asked for by many at once are made once', async () => {
    const file = await upload(ada, await picture(900, 900).png().toBuffer())
    const all = await Promise.all(Array.from({ length: 8 }, () => thumbnail(file, 'width=90&height=90&method=crop')))
    expect(new Set(all.map(({ bytes }) => bytes.toString('hex'))).size).toBe(1)
  })

  test('of what is small enough are the picture itself', async () => {
    const bytes = await picture(20, 20).png().toBuffer()
    const file = await upload(ada, bytes, 'text/html', 'x.html')
    for (let n = 0; n < 2; n += 1) {
      const answer = await thumbnail(file, 'width=96&height=96')
      expect([answer.bytes.equals(bytes), answer.headers.get('content-type')]).toEqual([true, 'image/png'])
      expect(answer.headers.get('content-disposition')).toContain('inline')
    }
  })

  test('lie sealed, and are refused in words when they were altered', async () => {
    const file = await upload(ada, await picture(700, 700).png().toBuffer())
    await thumbnail(file, 'width=96&height=96&method=crop')
    await town.postgres.run(
      `update media_thumbnail t set blob_key_id = m.blob_key_id from media m
       where m.id = t.media_id and m.id = $1`,
      [file.split('/')[1]],
    )
    const answer = await thumbnail(file, 'width=96&height=96&method=crop')
    expect(answer.status).toBe(404)
    expect((await thumbnail(file, 'width=640&height=480')).status).toBe(200)
  })

  test('are refused for what is no picture, broken, or too large; the next is served', async () => {
    const png = await picture(500, 500).png().toBuffer()
    const giant = Buffer.from(png)
    giant.writeUInt32BE(60_000, 16)
    giant.writeUInt32BE(60_000, 20)
    const bad: [string, Buffer, string][] = [
      ['svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
      ['empty', Buffer.alloc(0), 'image/png'],
      ['cut off', png.subarray(0, 100), 'image/png'],
      ['polyglot', Buffer.from('GIF89a/*<script>alert(1)</script>*/=1'), 'image/gif'],
      ['giant', giant, 'image/png'],
    ]
    for (const [name, bytes, type] of bad) {
      const file = await upload(ada, bytes, type, `${name}.png`)
      for (let n = 0; n < 2; n += 1) {
        const { status, bytes: said } = await thumbnail(file, 'width=96&height=96')
        expect([name, status < 500, JSON.parse(said.toString()).errcode]).toEqual([
          name,
          true,
          expect.stringMatching(/^M_(UNKNOWN|TOO_LARGE)$/),
        ])
      }
      expect((await download(ada, file)).status).toBe(200)
    }
    const good = await upload(ada, png)
    expect((await thumbnail(good, 'width=96&height=96')).status).toBe(200)
  })

  test('need sizes that make sense', async () => {
    const file = await upload(ada, await picture(50, 50).png().toBuffer())
    for (const query of [
      '',
      'width=0&height=1',
      'width=-1&height=5',
      'width=a&height=5',
      'width=5&height=5&method=x',
    ]) {
      expect([query, (await thumbnail(file, query)).status]).toEqual([query, 400])
    }
  })
})

describe('where no pictures can be opened', () => {
  test('they stand in for their thumbnails themselves, unless they are too large', async () => {
    const { blobs, messaging } = town.chancery
    const thumbnails = new Thumbnails({
      postgres: town.postgres,
      blobs,
      media: messaging.media,
      sandbox: { shrink: () => Promise.reject(new SandboxFailed('unavailable')) },
      quotas: { takeThumbnail: async () => {} },
      logger: silentLogger,
    })
    const wish = { width: 32, height: 32, method: 'crop', animated: false } as const
    const of = async (bytes: Buffer) => {
      const file = await messaging.media.find((await upload(ben, bytes)).split('/')[1]!)
      return thumbnails.of(file!, wish).catch((error) => error.code)
    }
    const png = await picture(500, 500).png().toBuffer()
    expect(await of(png)).toEqual({ kind: 'original', contentType: 'image/png' })
    expect(await of(await picture(50, 50).avif({ effort: 0 }).toBuffer())).toBe('M_UNKNOWN')
    const file = await messaging.media.find((await upload(ben, png)).split('/')[1]!)
    const large = { ...file!, sizeBytes: 11 * 2 ** 20 }
    expect(await thumbnails.of(large, wish).catch((error) => error.code)).toBe('M_TOO_LARGE')
  })
})

describe('names', () => {
  test.each([
    ['\u202egnp.exe', `inline; filename=gnp.exe`],
    ['../../etc/passwd', 'inline; filename=passwd'],
    ['a"\r\nx: y.png', `inline; filename="a_x: y.png"; filename*=utf-8''a%22x%3A%20y.png`],
    ['\u2066\u202e', 'inline'],
  ])('%j goes out harmless', async (name, header) => {
    const file = await upload(ada, 'x', 'image/png', name)
    expect((await download(ada, file)).headers.get('content-disposition')).toBe(header)
    const own = encodeURIComponent(name)
    expect((await download(ada, `${file}/${own}`)).headers.get('content-disposition')).toBe(header)
  })
})

describe('how much a person may store', () => {
  test('is bounded, and given back by what is removed', async () => {
    const [eve] = await town.people('eve')
    const file = await upload(eve, 'x'.repeat(300_000), 'text/plain')
    const id = await idOf(eve)
    expect(await usage(id)).toEqual({ size: 300_000, files: 1 })
    const more = () => eve.call('POST', '/_matrix/media/v3/upload', { raw: 'y'.repeat(200_000) })
    const refused = await more()
    expect([refused.status, refused.json.errcode]).toEqual([403, 'M_FORBIDDEN'])
    expect(refused.json.error).toContain('390.6 KiB that each person has')
    expect(await usage(id)).toEqual({ size: 300_000, files: 1 })
    expect(await code(root.call('DELETE', `/api/v1/media/${file}`))).toBe('200')
    expect(await usage(id)).toEqual({ size: 0, files: 0 })
    expect(await code(more())).toBe('200')
  })

  test('holds when several come at once, and when the size was not announced', async () => {
    const [max] = await town.people('max')
    const some = (bytes: number) =>
      fetch(`${town.url}/_matrix/media/v3/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${max.token}` },
        body: new ReadableStream({
          start(stream) {
            stream.enqueue(new Uint8Array(bytes))
            stream.close()
          },
        }),
        duplex: 'half',
      } as RequestInit).then(({ status }) => status)
    const statuses = await Promise.all(Array.from({ length: 6 }, () => some(150_000)))
    expect(statuses.filter((status) => status === 200).length).toBe(2)
    expect(statuses.filter((status) => status === 403).length).toBe(4)
    expect(await usage(await idOf(max))).toEqual({ size: 300_000, files: 2 })
  })

  test('and so is what all store together', async () => {
    await using small = await startTown({ media: { serverBytesMax: 1_000, personBytesMax: undefined } })
    const [one, two] = await small.people('one', 'two')
    expect(await code(one.call('POST', '/_matrix/media/v3/upload', { raw: 'x'.repeat(900) }))).toBe('200')
    expect(await code(two.call('POST', '/_matrix/media/v3/upload', { raw: 'x'.repeat(200) }))).toBe('403 M_FORBIDDEN')
  })

  test('one file has a bound of its own, which clients are told', async () => {
    await using small = await startTown({ media: { fileBytesMax: 2_048 } })
    const one = await small.person('one')
    expect(await one.ok('GET', '/_matrix/client/v1/media/config')).toEqual({ 'm.upload.size': 2_048 })
    const answer = await one.call('POST', '/_matrix/media/v3/upload', { raw: 'x'.repeat(2_049) })
    expect([answer.status, answer.json.errcode]).toEqual([413, 'M_TOO_LARGE'])
    expect(answer.json.error).toContain('2 KiB')
  })
})

describe('files that are removed', () => {
  const keysLeft = async (file: string) =>
    town.postgres.rows<{ id: number }>(
      `select blob_key_id as id from media where id = $1
       union all select blob_key_id from media_thumbnail where media_id = $1`,
      [file.split('/')[1]],
    )

  test('are gone with their thumbnails and keys; only administrators may', async () => {
    const file = await upload(ada, await picture(600, 600).png().toBuffer())
    await thumbnail(file, 'width=96&height=96&method=crop')
    const keys = (await keysLeft(file)).map(({ id }) => id)
    expect(keys.length).toBe(2)
    expect(await code(ada.call('DELETE', `/api/v1/media/${file}`))).toBe('403 M_FORBIDDEN')
    expect(await code(root.call('DELETE', `/api/v1/media/${file}`))).toBe('200')
    expect(await code(root.call('DELETE', `/api/v1/media/${file}`))).toBe('404 M_NOT_FOUND')
    expect(await code(root.call('DELETE', `/api/v1/media/other.example/x`))).toBe('404 M_NOT_FOUND')
    expect(await code(download(ada, file))).toBe('404 M_NOT_FOUND')
    expect((await thumbnail(file, 'width=96&height=96&method=crop')).status).toBe(404)
    expect(await town.chancery.vault.storedKeys(keys)).toEqual(new Set())
    expect(await town.chancery.blobs.sweep()).toEqual({ removed: 0 })
  })

  test('with their person, and nobody else’s', async () => {
    const [zoe] = await town.people('zoe')
    const own = [await upload(zoe, 'one'), await upload(zoe, await picture(300, 300).png().toBuffer())]
    await thumbnail(own[1]!, 'width=96&height=96')
    const others = await upload(ada, 'stays', 'text/plain')
    await zoe.ok('POST', '/_matrix/media/v1/create', {})
    const id = await idOf(zoe)
    expect(await town.chancery.messaging.media.removeAllOf(id)).toBe(2)
    for (const file of own) expect(await code(download(ada, file))).toBe('404 M_NOT_FOUND')
    expect((await download(ada, others)).text).toBe('stays')
    expect(await usage(id)).toEqual({ size: 0, files: 0 })
    expect(await town.postgres.row('select 1 from media_pending where owner_id = $1', [id])).toBeUndefined()
  })

  test('when an account is closed, only if its person asked to be erased', async () => {
    for (const erase of [false, true]) {
      const who = await town.person(`gone${erase}`)
      const file = await upload(who, 'words', 'text/plain')
      const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: who.id }, password: townPassword }
      const path = '/account/deactivate'
      const { session } = (await who.call('POST', path, { body: { erase } })).json
      expect((await who.call('POST', path, { body: { erase, auth: { ...auth, session } } })).status).toBe(200)
      expect((await download(ada, file)).status).toBe(erase ? 404 : 200)
    }
  })

  test('while thumbnails of them are being made, without holding anybody up', async () => {
    const who = await town.person('hurried')
    const sizes = [400, 410, 420, 430]
    const files = await Promise.all(sizes.map(async (size) => upload(who, await picture(size, size).png().toBuffer())))
    const id = await idOf(who)
    const making = files.flatMap((file) => [
      thumbnail(file, 'width=96&height=96'),
      thumbnail(file, 'width=32&height=32&method=crop'),
    ])
    await Promise.race(making)
    expect(await town.chancery.messaging.media.removeAllOf(id)).toBe(files.length)
    for (const { status } of await Promise.all(making)) expect([200, 404]).toContain(status)
    expect(
      await town.postgres.row('select count(*)::int as n from media_thumbnail where media_id = any($1)', [
        files.map((file) => file.split('/')[1]),
      ]),
    ).toEqual({ n: 0 })
  })

  test('the sum of the server is the sum of what is there', async () => {
    const sums = await town.postgres.row<{ kept: number; counted: number }>(
      `select (select size_bytes from media_usage where owner_id = 0) as kept,
              ((select coalesce(sum(size_bytes), 0) from media)
               + (select coalesce(sum(size_bytes), 0) from media_thumbnail))::bigint as counted`,
    )
    expect(sums!.kept).toBe(sums!.counted)
  })
})

describe('the old paths, which ask nobody who reads', () => {
  test('give out what was uploaded while that was allowed, also after they are frozen, and nothing else', async () => {
    await using open = await startTown({ media: { isOpen: true } })
    const old = await open.person('old')
    const file = await upload(old, await picture(500, 500).png().toBuffer())
    for (const version of ['v3', 'r0', 'v1']) {
      const { status, headers } = await raw(open, `/_matrix/media/${version}/download/${file}/other.png`)
      expect([status, headers.get('content-disposition')]).toEqual([200, 'inline; filename=other.png'])
      expect((await raw(open, `/_matrix/media/${version}/download/${file}`)).status).toBe(200)
      const small = await raw(open, `/_matrix/media/${version}/thumbnail/${file}?width=32&height=32&method=crop`)
      expect(await sharp(small.bytes).metadata()).toMatchObject({ width: 32, height: 32 })
    }
    await open.postgres.run('update media set is_open = false')
    expect((await raw(open, `/_matrix/media/v3/download/${file}`)).status).toBe(404)
    const closed = await upload(ada, 'x')
    expect((await raw(town, `/_matrix/media/v3/download/${closed}`)).status).toBe(404)
    expect((await raw(town, `/_matrix/media/v3/thumbnail/${closed}?width=32&height=32`)).status).toBe(404)
  })
})
