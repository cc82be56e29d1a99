import { createServer, type RequestListener, type Server } from 'node:http'
import {
  type AddressInfo,
  createServer as createSocketServer,
  type Socket,
  type Server as SocketServer,
} from 'node:net'
import type { Writable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Address, Lookup } from './addresses.ts'
import { createOutbound, type OutboundDeps } from './outbound.ts'
import type { Outbound, OutboundWish } from './types.ts'

// Two addresses of the loopback network stand for the world: 127.0.0.2 plays a public one, 127.0.0.1 the inside. Whatever
// reaches the inside is counted.

const outsideIp = '127.0.0.2'
const insideIp = '127.0.0.1'
const isPublic = (address: string) => address === outsideIp

let closing: (() => void | Promise<void>)[] = []
let insideReached = 0
let insidePort = 0
let port = 0
let answer: RequestListener = (_, response) => response.end('hello')
let outside: Server

/** Writes for as long as somebody listens. */
function writeOnAndOn(to: Writable, bytes: Buffer | string): void {
  while (!to.destroyed) {
    if (to.write(bytes)) continue
    to.once('drain', () => writeOnAndOn(to, bytes))
    return
  }
}

async function listen(server: Server | SocketServer, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

beforeEach(async () => {
  closing = []
  insideReached = 0
  answer = (_, response) => response.end('hello')
  outside = createServer((request, response) => answer(request, response))
  port = await listen(outside, outsideIp)
  const inside = createSocketServer((socket) => {
    insideReached += 1
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret')
  })
  insidePort = await listen(inside, insideIp)
})
afterEach(async () => {
  for (const close of closing) await close()
  expect(insideReached).toBe(0)
})

/** Each look-up of a name takes the next row; the last row stands for all that follow. */
function names(rows: Record<string, Address[][]>): Lookup & { asked: string[] } {
  const asked: string[] = []
  const lookup = async (name: string) => {
    asked.push(name)
    const answers = rows[name]
    if (answers === undefined) throw new Error('ENOTFOUND')
    return answers.length > 1 ? answers.shift()! : answers[0]!
  }
  return Object.assign(lookup, { asked })
}

const at = (...addresses: string[]): Address[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

function outbound(deps: Partial<OutboundDeps> = {}): Outbound {
  const made = createOutbound({
    allowedOrigins: [],
    isPublic,
    ports: [port, insidePort],
    lookup: names({ 'outside.example': [at(outsideIp)], 'inside.example': [at(insideIp)] }),
    ...deps,
  })
  closing.push(() => made.close())
  return made
}

const wish = (more: Partial<OutboundWish> = {}): OutboundWish => ({
  method: 'GET',
  url: `http://outside.example:${port}/`,
  bytesMax: 100_000,
  timeoutMs: 5_000,
  ...more,
})

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error) => error.failure ?? error,
  )

describe('where a request may go', () => {
  test('to a public address, by the name it was asked by', async () => {
    let host: string | undefined
    answer = (request, response) => {
      host = request.headers.host
      response.writeHead(201, { 'set-cookie': 'a=b', 'x-said': 'yes' }).end('hello')
    }
    const { status, headers, body, url } = await outbound().request(wish())
    expect({ status, body: body.toString(), url }).toEqual({
      status: 201,
      body: 'hello',
      url: `http://outside.example:${port}/`,
    })
    expect(headers).toMatchObject({ 'x-said': 'yes' })
    expect(headers).not.toHaveProperty('set-cookie')
    expect(host).toBe(`outside.example:${port}`)
  })

  test('not inside: by name, by any address among several, by literal, by its mapped form', async () => {
    const lookup = names({
      'inside.example': [at(insideIp)],
      'mixed.example': [at(outsideIp, insideIp)],
      'mapped.example': [at('::ffff:127.0.0.1')],
      'scoped.example': [at('fe80::1%lo')],
      'odd.example': [[{ address: '127.1', family: 4 }]],
      localhost: [at(insideIp)],
      'localhost.': [at(insideIp)],
    })
    const hosts = ['inside.example', 'mixed.example', 'mapped.example', 'scoped.example', 'odd.example']
    const literals = [
      'localhost',
      'localhost.',
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '[::ffff:127.0.0.1]',
      '127.1',
      '0',
    ]
    const made = outbound({ lookup })
    for (const host of [...hosts, ...literals]) {
      expect([host, await failure(made.request(wish({ url: `http://${host}:${insidePort}/` })))]).toEqual([
        host,
        'forbidden',
      ])
    }
  })

  test('not inside by a name that changes its mind between check and connection', async () => {
    const lookup = names({ 'rebound.example': [at(outsideIp), at(insideIp)] })
    const made = outbound({ lookup })
    const url = `http://rebound.example:${port}/`
    expect((await made.request(wish({ url }))).body.toString()).toBe('hello')
    expect(lookup.asked).toEqual(['rebound.example'])
    made.close()
    expect(await failure(outbound({ lookup }).request(wish({ url: `http://rebound.example:${insidePort}/` })))).toBe(
      'forbidden',
    )
  })

  test('not inside by a redirect, of any kind and at any hop', async () => {
    const made = outbound()
    for (const status of [301, 302, 303, 307, 308]) {
      for (const host of [insideIp, 'inside.example', '2130706433', '[::1]', 'user@inside.example']) {
        answer = ({ url }, response) => {
          const location = url === '/second' ? `http://${host}:${insidePort}/` : '/second'
          response.writeHead(status, { location }).end()
        }
        expect(await failure(made.request(wish()))).toBe('forbidden')
      }
    }
    for (const location of ['file:///etc/passwd', 'gopher://inside.example/', 'http://[', '//inside.example/']) {
      answer = (_, response) => response.writeHead(302, { location }).end()
      expect(await failure(made.request(wish()))).toBe('forbidden')
    }
  })

  test('through no proxy of the environment', async () => {
    const before = { ...process.env }
    const proxy = `http://${insideIp}:${insidePort}`
    Object.assign(process.env, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy })
    try {
      expect((await outbound().request(wish())).body.toString()).toBe('hello')
    } finally {
      process.env = before
    }
  })

  test('to other ports only where the configuration names the origin, which may then be inside', async () => {
    const url = `http://outside.example:${port}/`
    expect(await failure(outbound({ ports: [80, 443] }).request(wish({ url })))).toBe('forbidden')
    const allowed = outbound({ ports: [80, 443], isPublic: () => false, allowedOrigins: [`${url}ignored`] })
    expect((await allowed.request(wish({ url }))).status).toBe(200)
    answer = (_, response) => response.writeHead(302, { location: `http://${insideIp}:${insidePort}/` }).end()
    expect(await failure(allowed.request(wish({ url })))).toBe('forbidden')
  })

  test('not to a name that leads nowhere, nor to a port where nobody listens', async () => {
    const lookup = names({ 'empty.example': [[]], 'outside.example': [at(outsideIp)] })
    const made = outbound({ lookup, ports: [port, 1] })
    expect(await failure(made.request(wish({ url: `http://none.example:${port}/` })))).toBe('unknown-name')
    expect(await failure(made.request(wish({ url: `http://empty.example:${port}/` })))).toBe('unknown-name')
    expect(await failure(made.request(wish({ url: 'http://outside.example:1/' })))).toBe('unreachable')
  })

  test('not to somebody who speaks no TLS where TLS is asked for', async () => {
    expect(await failure(outbound().request(wish({ url: `https://outside.example:${port}/` })))).toBe('unreachable')
  })
})

describe('redirects', () => {
  test('are followed for GET, as often as is allowed', async () => {
    answer = ({ url }, response) => {
      const step = Number(url!.slice(1))
      if (step === 3) response.end('there')
      else response.writeHead(302, { location: `/${step + 1}` }).end()
    }
    const made = outbound()
    const found = await made.request(wish())
    expect([found.body.toString(), found.url]).toEqual(['there', `http://outside.example:${port}/3`])
    expect(await failure(made.request(wish({ redirectsMax: 2 })))).toBe('redirects')
    expect((await made.request(wish({ method: 'POST', body: Buffer.from('{}') }))).status).toBe(302)
  })

  test('lead nowhere that the asker does not want', async () => {
    const asked: string[] = []
    answer = ({ headers }, response) => {
      asked.push(headers.host!)
      response.writeHead(302, { location: `http://other.example:${port}/` }).end()
    }
    const lookup = names({ 'outside.example': [at(outsideIp)], 'other.example': [at(outsideIp)] })
    const made = outbound({ lookup })
    expect(await failure(made.request(wish({ isWanted: (host) => host === 'outside.example' })))).toBe('forbidden')
    expect(await failure(made.request(wish({ isWanted: () => false })))).toBe('forbidden')
    expect(asked).toEqual([`outside.example:${port}`])
  })

  test('carry credentials to the same origin only', async () => {
    const seen: (string | undefined)[] = []
    answer = ({ url, headers }, response) => {
      seen.push(headers.authorization)
      if (url === '/') response.writeHead(302, { location: '/same' }).end()
      else if (url === '/same') response.writeHead(302, { location: `http://other.example:${port}/other` }).end()
      else response.end()
    }
    const lookup = names({ 'outside.example': [at(outsideIp)], 'other.example': [at(outsideIp)] })
    await outbound({ lookup }).request(wish({ headers: { Authorization: 'Bearer x' } }))
    expect(seen).toEqual(['Bearer x', 'Bearer x', undefined])
  })
})

describe('what may come back', () => {
  const text = Buffer.from('words '.repeat(1_000))
  test.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
  ])('a body in %s is handed over plain', async (encoding, bytes) => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
    expect((await outbound().request(wish())).body.equals(text)).toBe(true)
  })

  test('a bomb ends at the bound, or is cut there', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    const made = outbound()
    expect(await failure(made.request(wish()))).toBe('too-large')
    expect((await made.request(wish({ whenLarger: 'cut' }))).body.length).toBe(100_000)
  })

  test('a compressed stream without end that unfolds into nothing ends at the bound', async () => {
    const empty = gzipSync('')
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      writeOnAndOn(response, empty)
    }
    expect(await failure(outbound().request(wish()))).toBe('too-large')
  })

  test('plain bytes without end end at the bound', async () => {
    answer = (_, response) => {
      writeOnAndOn(response, text)
    }
    const made = outbound()
    expect(await failure(made.request(wish()))).toBe('too-large')
    expect((await made.request(wish({ whenLarger: 'cut', bytesMax: 10 }))).body.toString()).toBe('words word')
  })

  test('broken compression and unknown encodings are no answer', async () => {
    const made = outbound()
    for (const encoding of ['gzip', 'deflate', 'br', 'zip', 'gzip, gzip']) {
      answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end('not compressed')
      expect([encoding, await failure(made.request(wish()))]).toEqual([encoding, 'bad-answer'])
    }
  })

  test('a body that is cut off is not taken for a whole one', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    }
    expect(await failure(outbound().request(wish()))).toBe('unreachable')
  })

  test('a head without end, no HTTP at all, and a change of protocol are no answer', async () => {
    const speak = async (words: (socket: Socket) => void) => {
      const server = createSocketServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => words(socket))
      })
      const spoken = await listen(server, outsideIp)
      const made = outbound({ ports: [spoken] })
      return failure(made.request(wish({ url: `http://outside.example:${spoken}/` })))
    }
    const endless = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      writeOnAndOn(socket, `X: ${'x'.repeat(500)}\r\n`)
    }
    expect(await speak(endless)).toBe('bad-answer')
    expect(await speak((socket) => socket.end('220 mail.example ESMTP\r\n'))).toBe('bad-answer')
    expect(await speak((socket) => socket.end())).toBe('unreachable')
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'
    expect(await speak((socket) => socket.write(upgrade))).toBe('unreachable')
  })
})

describe('how long it may take', () => {
  test('a head or a body that drips, and a name that is never found, end in time', async () => {
    const made = outbound()
    answer = (_, response) => void response.writeHead(200).write('a')
    expect(await failure(made.request(wish({ timeoutMs: 100 })))).toBe('timed-out')
    answer = () => {}
    expect(await failure(made.request(wish({ timeoutMs: 100 })))).toBe('timed-out')
    const never = outbound({ lookup: () => new Promise(() => {}) })
    expect(await failure(never.request(wish({ timeoutMs: 100 })))).toBe('timed-out')
    answer = ({ url }, response) => {
      setTimeout(() => response.writeHead(302, { location: `${url}1` }).end(), 40)
    }
    expect(await failure(made.request(wish({ timeoutMs: 100, redirectsMax: 50 })))).toBe('timed-out')
  })

  test('who asked may leave', async () => {
    const leaving = new AbortController()
    answer = (_, response) => {
      response.writeHead(200).write('a')
      leaving.abort('left')
    }
    const made = outbound()
    await expect(made.request(wish({ signal: leaving.signal }))).rejects.toBe('left')
    await expect(made.request(wish({ signal: leaving.signal }))).rejects.toBe('left')
  })
})

test('connections are kept for their own origin', async () => {
  let connections = 0
  outside.on('connection', () => (connections += 1))
  const made = outbound()
  for (let n = 0; n < 3; n += 1) await made.request(wish({ method: 'POST', body: Buffer.from(`${n}`) }))
  expect(connections).toBe(1)
})

test('what belongs to the connection cannot be set', async () => {
  const made = outbound()
  for (const name of ['Host', 'Cookie', 'Transfer-Encoding', 'Proxy-Authorization']) {
    await expect(made.request(wish({ headers: { [name]: 'x' } }))).rejects.toMatchObject({
      cause: expect.any(TypeError),
    })
  }
})
