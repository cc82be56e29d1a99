import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { MediaSettings } from '#messaging/api.ts'
import { createOutbound } from '#platform/index.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'
import { hostRule } from './preview-hosts.ts'
import { usualMediaSettings } from './settings.ts'

// 127.0.0.2 plays the world, 127.0.0.1 the inside; whatever reaches the inside is counted.

let town: Town
let ada: TownPerson
let world: Server
let port = 0
let insidePort = 0
let insideReached = 0
let asked: string[] = []
let answer: RequestListener
const clock = new FakeClock()
const names: Record<string, string> = {
  'news.example': '127.0.0.2',
  'cdn.example': '127.0.0.2',
  'blocked.example': '127.0.0.2',
  'inside.example': '127.0.0.1',
}

const outboundToWorld = () =>
  createOutbound({
    allowedOrigins: [],
    isPublic: (address) => address === '127.0.0.2',
    ports: [port, insidePort],
    lookup: async (name) => (names[name] === undefined ? [] : [{ address: names[name], family: 4 }]),
  })

beforeAll(async () => {
  world = createServer((request, response) => {
    asked.push(`${request.headers.host!.split(':')[0]}${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.2', resolve))
  port = (world.address() as AddressInfo).port
  const inside = createSocketServer((socket) => {
    insideReached += 1
    socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<title>secret</title>')
  })
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
  insidePort = (inside.address() as AddressInfo).port
  const media = { urlPreviews: true, previewHostsBlocked: ['blocked.example'] }
  town = await startTown({ clock, media, outbound: outboundToWorld() })
  ada = await town.person('ada')
  return async () => {
    inside.close()
    world.closeAllConnections()
    world.close()
  }
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  expect(insideReached).toBe(0)
})
beforeEach(() => {
  asked = []
})

let pages = 0
/** An address that nobody has asked for before. */
function fresh(host = 'news.example'): string {
  pages += 1
  return `http://${host}:${port}/page${pages}`
}
const preview = (url: string, who = ada) =>
  who.call('GET', `/_matrix/client/v1/media/preview_url?url=${encodeURIComponent(url)}`)
const html = (text: string, more: Record<string, string> = {}): RequestListener => {
  return (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...more }).end(text)
}
const photo = (width = 900, height = 600) =>
  sharp({ create: { width, height, channels: 3, background: '#26a' } })
    .withExif({ IFD0: { Make: 'Spy' } })
    .jpeg()
    .toBuffer()

describe('a preview', () => {
  test('tells what the page says of itself, with its picture as a file of this server', async () => {
    const bytes = await photo()
    answer = (request, response) => {
      if (request.url === '/pictures/a.jpg') response.writeHead(200, { 'content-type': 'text/plain' }).end(bytes)
      else {
        html(`<base href="http://cdn.example:${port}/pictures/"><meta property="og:title" content="Tide">
          <meta property="og:image" content="a.jpg"><meta property="og:image:width" content="9">
          <meta property="og:video" content="http://cdn.example/v.mp4"><meta name="description" content="High water">`)(
          request,
          response,
        )
      }
    }
    const url = fresh()
    const { status, json } = await preview(`${url}#part`)
    expect([status, json]).toEqual([
      200,
      {
        'og:title': 'Tide',
        'og:description': 'High water',
        'og:image': expect.stringMatching(/^mxc:\/\/town\.example\//),
        'og:image:type': 'image/jpeg',
        'og:image:width': 640,
        'og:image:height': 427,
        'matrix:image:size': expect.any(Number),
      },
    ])
    const old = await ada.call('GET', `/_matrix/media/v3/preview_url?url=${encodeURIComponent(url)}`)
    expect([old.status, old.json]).toEqual([200, json])
    const path = `/_matrix/client/v1/media/download/${json['og:image'].slice('mxc://'.length)}`
    const file = await fetch(town.url + path, { headers: { authorization: `Bearer ${ada.token}` } })
    const picture = Buffer.from(await file.arrayBuffer())
    expect(picture.length).toBe(json['matrix:image:size'])
    expect((await sharp(picture).metadata()).exif).toBeUndefined()
    expect(asked).toEqual([new URL(url).hostname + new URL(url).pathname, 'cdn.example/pictures/a.jpg'])
  })

  test('is fetched once, for all who ask, until it is old', async () => {
    answer = html('<title>Once</title>')
    const url = fresh()
    const [bob] = await town.people('bob')
    const both = await Promise.all([preview(url), preview(url, bob)])
    expect(both.map(({ json }) => json)).toEqual([{ 'og:title': 'Once' }, { 'og:title': 'Once' }])
    await preview(url)
    expect(asked.length).toBe(1)
    const rows = await town.postgres.rows<{ sealed: Buffer }>('select sealed from url_preview')
    expect(rows.some(({ sealed }) => sealed.includes('Once'))).toBe(false)
    await clock.advance(25 * 3_600_000)
    answer = html('<title>Twice</title>')
    expect((await preview(url)).json).toEqual({ 'og:title': 'Twice' })
  })

  test('of a picture is the picture', async () => {
    const bytes = await photo(100, 50)
    answer = (_, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bytes)
    expect((await preview(fresh())).json).toMatchObject({ 'og:image:width': 100, 'og:image:height': 50 })
  })

  test('that was altered is fetched again', async () => {
    answer = html('<title>Whole</title>')
    const url = fresh()
    await preview(url)
    await town.postgres.run('update url_preview set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)')
    expect((await preview(url)).json).toEqual({ 'og:title': 'Whole' })
    expect(asked.length).toBe(2)
  })

  test('is empty for what says nothing, is no page, or cannot be had', async () => {
    const answers: RequestListener[] = [
      html('words'),
      html(''),
      (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<title>Not found</title>'),
      (_, response) => response.writeHead(200, { 'content-type': 'application/pdf' }).end('<title>x</title>'),
      (_, response) => response.writeHead(200).end('<title>x</title>'),
      (_, response) => response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg/>'),
      (_, response) => response.destroy(),
    ]
    for (const one of answers) {
      answer = one
      const { status, json } = await preview(fresh())
      expect([status, json]).toEqual([200, {}])
    }
    const { status, json } = await preview('http://nowhere.example/')
    expect([status, json]).toEqual([200, {}])
  })
})

describe('a preview leads nowhere inside', () => {
  const hosts = ['inside.example', '127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', '0', 'localhost']

  test.each(hosts)('by its address: %s', async (host) => {
    expect((await preview(`http://${host}:${insidePort}/`)).json).toEqual({})
  })

  test.each(hosts)('by a redirect to %s', async (host) => {
    answer = (_, response) => response.writeHead(302, { location: `http://${host}:${insidePort}/` }).end()
    expect((await preview(fresh())).json).toEqual({})
  })

  test.each(hosts)('by a picture at %s, or one that is redirected there', async (host) => {
    const inside = `http://${host}:${insidePort}/a.png`
    answer = html(`<title>Page</title><meta property="og:image" content="${inside}">`)
    expect((await preview(fresh())).json).toEqual({ 'og:title': 'Page' })
    answer = (request, response) => {
      if (request.url === '/a.png') response.writeHead(302, { location: inside }).end()
      else html('<title>Page</title><meta property="og:image" content="/a.png">')(request, response)
    }
    expect((await preview(fresh())).json).toEqual({ 'og:title': 'Page' })
  })

  test('by a base, a refresh, or a picture that is none', async () => {
    answer = html(`<base href="http://127.0.0.1:${insidePort}/"><meta http-equiv="refresh" content="0;url=/x">
      <title>Page</title><link rel="image_src" href="a.png"><link rel="alternate" type="application/json+oembed" href="/o">`)
    expect((await preview(fresh())).json).toEqual({ 'og:title': 'Page' })
    answer = html('<title>Page</title><meta property="og:image" content="file:///etc/passwd">')
    expect((await preview(fresh())).json).toEqual({ 'og:title': 'Page' })
  })
})

describe('pages that were made to break readers', () => {
  test('cost their own preview and nothing else', async () => {
    const tags = '<a>'.repeat(170_000) + '</b>'.repeat(130_000)
    for (const page of [
      tags,
      '<div>'.repeat(200_000),
      '<title>'.repeat(100_000),
      '\0'.repeat(1_000_000),
      '<'.repeat(1e6),
    ]) {
      answer = html(page)
      const slow = preview(fresh())
      expect((await ada.call('GET', '/_matrix/client/v1/media/config')).status).toBe(200)
      expect((await slow).status).toBe(200)
    }
    answer = html('<title>Sound</title>')
    expect((await preview(fresh())).json).toEqual({ 'og:title': 'Sound' })
  })

  test('and pictures too', async () => {
    answer = (request, response) => {
      if (request.url === '/a.png') response.writeHead(200).end(Buffer.from('\x89PNG\r\n\x1a\nnot', 'latin1'))
      else html('<title>Page</title><meta property="og:image" content="/a.png">')(request, response)
    }
    expect((await preview(fresh())).json).toEqual({ 'og:title': 'Page' })
  })
})

describe('who may look at what', () => {
  test('is asked before anything is fetched', async () => {
    answer = html('<title>x</title>')
    for (const url of [
      '',
      'words',
      'ftp://news.example/',
      'http://me:secret@news.example/',
      `http://a/${'x'.repeat(5_000)}`,
    ]) {
      const { status, json } = await preview(url)
      expect([url, status, json.errcode]).toEqual([url, 400, 'M_INVALID_PARAM'])
    }
    expect((await preview(fresh('blocked.example'))).json.errcode).toBe('M_FORBIDDEN')
    expect((await ada.call('GET', '/_matrix/client/v1/media/preview_url')).status).toBe(400)
    expect((await fetch(`${town.url}/_matrix/client/v1/media/preview_url?url=http://a`)).status).toBe(401)
    answer = (_, response) => response.writeHead(302, { location: `http://blocked.example:${port}/` }).end()
    expect((await preview(fresh())).json).toEqual({})
    expect(asked.filter((one) => one.startsWith('blocked'))).toEqual([])
  })

  test('and nothing is fetched where previews are off, as they usually are', async () => {
    await using other = await startTown({ outbound: outboundToWorld() })
    const eva = await other.person('eva')
    answer = html('<title>x</title>')
    const { status, json } = await preview(fresh(), eva)
    expect([status, json.errcode, asked]).toEqual([404, 'M_NOT_FOUND', []])
  })

  test('lists of hosts are exact, or mean all beneath', () => {
    const rule = (settings: Partial<MediaSettings>) => hostRule({ ...usualMediaSettings, ...settings })
    const only = rule({ previewHosts: ['a.example', '*.b.example'], previewHostsBlocked: ['x.b.example'] })
    const hosts = ['a.example', 'A.example.', 'c.a.example', 'c.b.example', 'b.example', 'x.b.example', 'evilb.example']
    expect(hosts.map(only)).toEqual([true, true, false, true, false, false, false])
  })
})

test('old pages and pictures are forgotten', async () => {
  const bytes = await photo(300, 200)
  answer = (_, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bytes)
  const uri = (await preview(fresh())).json['og:image'] as string
  const path = `/_matrix/client/v1/media/download/${uri.slice('mxc://'.length)}`
  await town.chancery.messaging.previews.forgetOld()
  expect((await ada.call('GET', path)).status).toBe(200)
  await clock.advance(40 * 24 * 3_600_000)
  expect(await town.chancery.messaging.previews.forgetOld()).toBeGreaterThan(0)
  expect((await ada.call('GET', path)).status).toBe(404)
  expect(await town.postgres.row('select count(*)::int as n from media')).toEqual({ n: 0 })
})
