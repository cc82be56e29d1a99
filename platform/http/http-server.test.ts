import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import Type from 'typebox'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { refuse } from '../errors/refusal.ts'
import { DatabaseError } from '../postgres/errors.ts'
import type { LogFields, Logger } from '../telemetry/logger.ts'
import { createHttp, type HttpDeps } from './http-server.ts'
import { FileAnswer, type Gate, type HttpServer, JsonBytes, type Route, route } from './route.ts'

const gate: Gate = {
  async admit(needs, { accessToken }) {
    if (needs === 'nobody') return undefined
    if (accessToken === undefined) throw refuse('M_MISSING_TOKEN', 'Sign in first.')
    if (accessToken !== 'alice' && accessToken !== 'bob') throw refuse('M_UNKNOWN_TOKEN', 'Sign in again.')
    return { userId: accessToken }
  },
}

let lines: { event: string; fields?: LogFields }[] = []
const note = (event: string, fields?: LogFields) => void lines.push({ event, ...(fields && { fields }) })
const logger: Logger = { debug: note, info: note, warn: note, error: note }

/** Requests whose handlers wait for their signal, and why it came. */
const reasons: unknown[] = []
let waiting = 0

const routes: Route[] = [
  route({
    method: 'PUT',
    path: ['/_matrix/client/v3/state/:type', '/_matrix/client/v3/state/:type/:key'],
    operation: 'put',
    needs: 'session',
    body: Type.Object({}),
    handle: async ({ params, body }) => ({ params, body }),
  }),
  route({
    method: 'POST',
    path: '/shape',
    operation: 'shape',
    needs: 'nobody',
    body: Type.Object({
      preset: Type.Optional(Type.Union([Type.Literal('private'), Type.Literal('public')])),
      count: Type.Optional(Type.Integer({ minimum: 1 })),
      initial_state: Type.Optional(Type.Array(Type.Object({ type: Type.String() }))),
    }),
    handle: async ({ body }) => body,
  }),
  route({
    method: 'GET',
    path: '/query',
    operation: 'query',
    needs: 'nobody',
    query: Type.Object({
      dir: Type.Union([Type.Literal('b'), Type.Literal('f')]),
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      full: Type.Optional(Type.Boolean()),
      via: Type.Optional(Type.Array(Type.String())),
    }),
    handle: async ({ query }) => query,
  }),
  route({
    method: 'GET',
    path: '/who',
    operation: 'who',
    needs: 'session',
    handle: async ({ caller, ip, query }) => ({ caller, ip, query }),
  }),
  route({
    method: 'GET',
    path: '/wait',
    operation: 'wait',
    needs: 'nobody',
    async handle({ signal }) {
      waiting++
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reasons.push(signal.reason)
      return { reason: signal.reason }
    },
  }),
  route({
    method: 'POST',
    path: '/boom',
    operation: 'boom',
    needs: 'nobody',
    handle: () => Promise.reject(new Error('the password is hunter2')),
  }),
  route({
    method: 'GET',
    path: '/lost',
    operation: 'lost',
    needs: 'nobody',
    handle: () => Promise.reject(new DatabaseError('terminating connection', { isConnectionLost: true })),
  }),
  route({
    method: 'GET',
    path: '/bytes',
    operation: 'bytes',
    needs: 'nobody',
    handle: async () => new JsonBytes([Buffer.from('{"é":'), Buffer.from('1}')], 201),
  }),
  route({
    method: 'GET',
    path: '/file',
    operation: 'file',
    needs: 'nobody',
    handle: async () => new FileAnswer(Readable.from([Buffer.from('file')]), { 'Content-Type': 'image/png' }),
  }),
  route({
    method: 'GET',
    path: '/half',
    operation: 'half',
    needs: 'nobody',
    async handle() {
      const source = async function* () {
        yield Buffer.from('half')
        throw new Error('broken')
      }
      return new FileAnswer(Readable.from(source()), { 'content-length': '8' })
    },
  }),
  route({
    method: 'POST',
    path: '/upload',
    operation: 'upload',
    needs: 'session',
    bodyKind: 'stream',
    handle: async ({ stream }) => ({ bytes: (await buffer(stream!)).length }),
  }),
  route({
    method: 'POST',
    path: '/rooms',
    operation: 'rooms',
    needs: 'session',
    rate: 'createRoom',
    handle: async () => ({}),
  }),
  route({
    method: 'GET',
    path: '/lies',
    operation: 'lies',
    needs: 'nobody',
    answer: Type.Object({ user_id: Type.String() }),
    handle: async () => ({ user_id: 7 }),
  }),
]

const opened: HttpServer[] = []
async function serve(more: Partial<HttpDeps> = {}, port = 0): Promise<{ url: string; port: number; http: HttpServer }> {
  const http = createHttp({ gate, logger, rateLimits: false, ...more })
  opened.push(http)
  http.add(routes)
  const listening = await http.listen('127.0.0.1', port)
  return { url: `http://127.0.0.1:${listening.port}`, port: listening.port, http }
}

let url: string
let port: number
beforeAll(async () => {
  const server = await serve({
    limits: { requestTimeoutMs: 300, refusedBodyMs: 300, headersTimeoutMs: 300, timeoutCheckMs: 50 },
  })
  url = server.url
  port = server.port
})
afterEach(() => {
  lines = []
})
afterAll(async () => {
  for (const http of opened) await http.close()
})

type Answer = { status: number; json: any; text: string; headers: Headers }
async function call(method: string, path: string, init: RequestInit & { token?: string } = {}): Promise<Answer> {
  const token = init.token ?? 'alice'
  const headers = { ...(token !== '' && { authorization: `Bearer ${token}` }), ...(init.headers as object) }
  const response = await fetch(path.startsWith('http') ? path : url + path, { ...init, method, headers })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json' && text !== ''
  return { status: response.status, json: isJson ? JSON.parse(text) : undefined, text, headers: response.headers }
}
const put = (body: string | Buffer<ArrayBuffer> | FormData, headers: Record<string, string> = {}) =>
  call('PUT', '/_matrix/client/v3/state/m.x', { body, headers })
const told = ({ status, json }: Answer) => [status, json?.errcode]

/** Speaks HTTP by hand; what came until the connection was closed, or undefined when it stayed open. */
function talk(head: string, more: { dripEveryMs?: number; drip?: string; limitMs?: number; port?: number } = {}) {
  return new Promise<string | undefined>((resolve) => {
    let got = ''
    const socket = connect(more.port ?? port, '127.0.0.1', () => socket.write(head))
    const drip = setInterval(() => socket.writable && socket.write(more.drip ?? ''), more.dripEveryMs ?? 1e6)
    const end = (value: string | undefined) => {
      clearInterval(drip)
      clearTimeout(limit)
      socket.destroy()
      resolve(value)
    }
    const limit = setTimeout(() => end(undefined), more.limitMs ?? 5000)
    socket.on('data', (bytes) => {
      got += bytes
    })
    socket.on('error', () => undefined)
    socket.on('close', () => end(got))
  })
}

test.each([
  ['not JSON', '{', 400, 'M_NOT_JSON'],
  ['a list', '[]', 400, 'M_BAD_JSON'],
  ['a string', '"x"', 400, 'M_BAD_JSON'],
  ['null', 'null', 400, 'M_BAD_JSON'],
  ['20,000 levels', `{"d":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400, 'M_BAD_JSON'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 400, 'M_NOT_JSON'],
  ['a byte order mark', '\ufeff{}', 400, 'M_NOT_JSON'],
  ['nothing', '', 400, 'M_NOT_JSON'],
  ['over a mebibyte', `{"a":"${'x'.repeat(1024 * 1024)}"}`, 413, 'M_TOO_LARGE'],
  ['far more', `{"a":"${'x'.repeat(20 * 1024 * 1024)}"}`, 413, 'M_TOO_LARGE'],
])('a body of %s is refused', async (_what, body, status, code) => {
  expect(told(await put(body))).toEqual([status, code])
  expect(told(await put('{}'))[0]).toBe(200)
})

test('bodies of other kinds are refused clearly, and odd types with JSON in them are not', async () => {
  expect(told(await put(new FormData()))).toEqual([415, 'M_NOT_JSON'])
  expect(told(await put('a=1', { 'content-type': 'application/x-www-form-urlencoded' }))).toEqual([415, 'M_NOT_JSON'])
  expect(told(await put('{}', { 'content-type': 'application/json; charset=utf-16' }))).toEqual([415, 'M_NOT_JSON'])
  expect(told(await put('{}', { 'content-encoding': 'gzip' }))).toEqual([415, 'M_NOT_JSON'])
  expect(told(await put('{}', { 'content-type': '@@;;' }))).toEqual([415, 'M_NOT_JSON'])
  for (const type of ['application/json', 'application/json; charset=UTF-8', 'text/plain', 'application/jose+json']) {
    expect((await put('{}', { 'content-type': type })).status).toBe(200)
  }
})

test('bodies pass unchanged: own __proto__, U+0000, extra keys, odd numbers', async () => {
  const text = '{"__proto__":{"x":1},"constructor":2,"a":"p\\u0000q","n":1.5}'
  expect((await put(text)).text).toContain(`"body":${text}`)
  expect((await call('POST', '/shape', { body: '{"count":"1"}' })).json).toEqual({
    errcode: 'M_BAD_JSON',
    error: 'The field "count" must be a whole number.',
  })
  expect((await call('POST', '/shape')).json).toEqual({})
})

test('a wrong shape is named', async () => {
  const sentence = async (body: string) => (await call('POST', '/shape', { body })).json.error
  expect(await sentence('{"initial_state":[{"type":5}]}')).toBe('The field "initial_state.0.type" must be a string.')
  expect(await sentence('{"initial_state":[{}]}')).toBe('The field "initial_state.0.type" is missing. Send it too.')
  expect(await sentence('{"count":0}')).toBe('The field "count" must be at least 1.')
  expect(await sentence('{"preset":7}')).toContain('The field "preset" ')
})

test('the query is converted by its schema and refused when it does not fit', async () => {
  const query = (text: string) => call('GET', `/query?${text}`)
  expect((await query('dir=b&limit=5&full=true&via=a&via=b&x=1+2%2B')).json).toEqual({
    dir: 'b',
    limit: 5,
    full: true,
    via: ['a', 'b'],
    x: '1 2+',
  })
  expect((await query('dir=b&via=one')).json.via).toEqual(['one'])
  expect((await query('dir=f&dir=b')).json.dir).toBe('b')
  expect(told(await query('limit=5'))).toEqual([400, 'M_MISSING_PARAM'])
  for (const wrong of ['dir=z', 'dir=b&limit=-5', 'dir=b&limit=abc', 'dir=b&limit=1.5', 'dir=b&full=1']) {
    expect(told(await query(wrong))).toEqual([400, 'M_INVALID_PARAM'])
  }
  for (const broken of ['dir=b&x=%00', 'dir=b&x=%ff', 'dir=b&x=%', 'dir=b&%zz=1']) {
    expect(told(await query(broken))).toEqual([400, 'M_INVALID_PARAM'])
  }
})

test('path parameters are decoded once, may be empty or long, and hold no U+0000', async () => {
  const key = async (text: string) => call('PUT', `/_matrix/client/v3/state/m.x/${text}`, { body: '{}' })
  expect((await key('')).json.params).toEqual({ type: 'm.x', key: '' })
  expect((await key('a%2Fb%252F%3F')).json.params.key).toBe('a/b%2F?')
  expect((await key('%C3%A9'.repeat(120))).json.params.key).toBe('é'.repeat(120))
  for (const wrong of ['a%00b', '%ff', '%', '%zz', 'x'.repeat(2000)]) {
    expect(told(await key(wrong))).toEqual([400, 'M_INVALID_PARAM'])
  }
})

test('unknown paths, unknown methods, HEAD and OPTIONS', async () => {
  expect(told(await call('GET', '/_matrix/client/v3/nothing/here'))).toEqual([404, 'M_UNRECOGNIZED'])
  expect(told(await call('POST', '/nothing', { body: '{' }))).toEqual([404, 'M_UNRECOGNIZED'])
  for (const method of ['PATCH', 'DELETE', 'POST', 'PROPFIND']) {
    expect(told(await call(method, '/query'))).toEqual([405, 'M_UNRECOGNIZED'])
  }
  const head = await call('HEAD', '/query?dir=b')
  expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '11'])
  for (const path of ['/query', '/nothing']) {
    const { status, headers } = await call('OPTIONS', path, { token: '' })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-headers')).toContain('Authorization')
  }
})

test('refusals carry the headers that browsers need as well', async () => {
  const { headers, status } = await call('GET', '/who', { token: 'mallory' })
  expect(status).toBe(401)
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('referrer-policy')).toBe('no-referrer')
})

test('the access token comes from the header, else from the query, and reaches no handler', async () => {
  expect((await call('GET', '/who?a=1')).json).toMatchObject({ caller: { userId: 'alice' }, query: { a: '1' } })
  const inQuery = await call('GET', '/who?access_token=bob', { token: '' })
  expect(inQuery.json).toMatchObject({ caller: { userId: 'bob' }, query: {} })
  expect(inQuery.text).not.toContain('access_token')
  expect((await call('GET', '/who?access_token=bob')).json.caller.userId).toBe('alice')
  expect(told(await call('GET', '/who', { token: '' }))).toEqual([401, 'M_MISSING_TOKEN'])
  expect(told(await call('GET', '/who', { token: '', headers: { authorization: 'Basic eA==' } }))[0]).toBe(401)
})

test('a failure says a number and nothing else, and the log has it under the same number', async () => {
  const { status, json, text } = await call('POST', '/boom', { body: '{"secret":"word"}' })
  expect(told({ status, json } as Answer)).toEqual([500, 'M_UNKNOWN'])
  expect(text).not.toContain('hunter2')
  const [line] = lines
  expect(line?.event).toBe('http.request_failed')
  expect(json.error).toContain(line?.fields?.requestId)
  expect(JSON.stringify(lines)).not.toContain('word')
})

test('a database that does not answer is told in words, and the log has why', async () => {
  const answer = await call('GET', '/lost')
  expect([answer.status, answer.json.errcode]).toEqual([503, 'CHANCERY_UNAVAILABLE'])
  expect(answer.json.error).toMatch(/database .* Try again/)
  expect(lines).toMatchObject([{ event: 'http.request_failed', fields: { operation: 'lost' } }])
})

test('ready bytes and files go out as they are; half a file is never taken for a whole one', async () => {
  const bytes = await call('GET', '/bytes')
  expect([bytes.status, bytes.text, bytes.headers.get('content-length')]).toEqual([201, '{"é":1}', '8'])
  const file = await call('GET', '/file')
  expect([file.text, file.headers.get('content-type')]).toEqual(['file', 'image/png'])
  expect((await call('HEAD', '/file')).text).toBe('')
  await expect(call('GET', '/half')).rejects.toThrow()
})

test('uploads arrive as a stream and are not bounded like JSON', async () => {
  const body = Buffer.alloc(3 * 1024 * 1024)
  const headers = { 'content-type': 'image/png' }
  expect((await call('POST', '/upload', { body, headers })).json).toEqual({ bytes: body.length })
  expect((await call('POST', '/upload', { body, headers, token: 'mallory' })).status).toBe(401)
})

test('a body that never ends is cut off with an answer, also when nobody wants it', async () => {
  const drip = { dripEveryMs: 50, drip: '1\r\n \r\n', limitMs: 15_000 }
  const chunked = 'Host: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n'
  const start = '8\r\n{"body":\r\n'
  const path = '/_matrix/client/v3/state/m.x'
  const wanted = await talk(`PUT ${path} HTTP/1.1\r\n${chunked}Authorization: Bearer alice\r\n\r\n${start}`, drip)
  expect(wanted).toMatch(/^HTTP\/1\.1 408 .*"errcode":"M_UNKNOWN"/s)
  const unwanted = await talk(`PUT ${path} HTTP/1.1\r\n${chunked}\r\n${start}`, drip)
  expect(unwanted).toMatch(/^HTTP\/1\.1 401 .*M_MISSING_TOKEN/s)
})

test('headers that never end are cut off with an answer', async () => {
  const got = await talk('GET /who HTTP/1.1\r\nHost: x\r\n', { dripEveryMs: 50, drip: 'X-A: b\r\n' })
  expect(got).toMatch(/^HTTP\/1\.1 408 .*"errcode":"M_UNKNOWN"/s)
})

test.each([
  ['no HTTP', 'nonsense\r\n\r\n', 400],
  ['two hosts', 'GET /who HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', 400],
  ['no host', 'GET /who HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['a whole URL', 'GET http://other/who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
  ['two lengths', 'POST /shape HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}', 400],
  [
    'a length and chunks',
    'POST /shape HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  ['huge headers', `GET /who HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is refused at the door', async (_what, request, status) => {
  expect(await talk(request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
})

test('a handler hears that its client left', async () => {
  const before = waiting
  const leaving = new AbortController()
  const request = call('GET', '/wait', { signal: leaving.signal }).catch(() => undefined)
  await expect.poll(() => waiting).toBe(before + 1)
  leaving.abort()
  await request
  await expect.poll(() => reasons.at(-1)).toBe('left')
})

test('stopping answers those who wait, refuses newcomers, and does not wait for the idle', async () => {
  const server = await serve()
  await call('GET', `${server.url}/who`)
  const before = waiting
  const answer = call('GET', `${server.url}/wait`)
  await expect.poll(() => waiting).toBe(before + 1)
  const startedMs = performance.now()
  await server.http.close()
  expect((await answer).json).toEqual({ reason: 'stopping' })
  expect(performance.now() - startedMs).toBeLessThan(1000)
  await expect(call('GET', `${server.url}/who`)).rejects.toThrow()
})

test('a request that does not end is cut when the time to stop is over', async () => {
  const server = await serve({ limits: { drainMs: 200 } })
  const head = 'POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nContent-Length: 9\r\n\r\nx'
  const stuck = talk(head, { port: server.port })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const startedMs = performance.now()
  await server.http.close()
  expect(performance.now() - startedMs).toBeLessThan(2000)
  expect(await stuck).toBe('')
})

test('rates count people by their token and tell when to come back', async () => {
  const server = await serve({ rateLimits: true })
  const make = (token: string) => call('POST', `${server.url}/rooms`, { token })
  const answers: Answer[] = []
  for (let n = 0; n < 25; n++) answers.push(await make('alice'))
  const refused = answers.at(-1)!
  expect(told(refused)).toEqual([429, 'M_LIMIT_EXCEEDED'])
  expect(refused.json.retry_after_ms).toBeGreaterThan(0)
  expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(refused.json.retry_after_ms / 1000))
  expect((await make('bob')).status).toBe(200)
})

test('who guesses tokens has to wait as the settings say, and who has one does not', async () => {
  const server = await serve({ rateLimits: { badToken: { burst: 2, perSecond: 0.01 } } })
  const ask = async (token: string) => (await call('POST', `${server.url}/rooms`, { token })).status
  const guesses = [await ask('guess'), await ask('guess'), await ask('guess'), await ask('alice')]
  expect(guesses).toEqual([401, 401, 429, 200])
})

test('only trusted proxies say where a client is', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9, 10.0.0.1' }
  expect((await call('GET', '/who', { headers })).json.ip).toBe('127.0.0.1')
  const behind = await serve({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })
  expect((await call('GET', `${behind.url}/who`, { headers })).json.ip).toBe('203.0.113.9')
})

test('in tests an answer that is not what its route says is a failure', async () => {
  expect((await call('GET', '/lies')).json).toEqual({ user_id: 7 })
  const strict = await serve({ checkAnswers: true })
  expect((await call('GET', `${strict.url}/lies`)).status).toBe(500)
  expect(String(lines.at(-1)?.fields?.error)).toContain('user_id must be a string')
})

test('health tells whether it lives and whether it can work', async () => {
  let isReady = true
  const server = await serve({ isReady: async () => isReady })
  expect((await call('GET', `${server.url}/health/ready`)).status).toBe(200)
  isReady = false
  expect((await call('GET', `${server.url}/health/ready`)).status).toBe(503)
  expect((await call('GET', `${server.url}/health/live`)).status).toBe(200)
})
