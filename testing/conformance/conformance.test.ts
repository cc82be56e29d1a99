import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkExchange, describeViolation, type Exchange } from './check-exchange.ts'
import { exercisedLine } from './coverage.ts'
import { readDocuments, specificationFolder } from './documents.ts'
import { exceptions } from './exceptions.ts'
import { takeViolations, watchPort } from './recorder.ts'
import { Specification } from './specification.ts'

const folder = specificationFolder()

describe.skipIf(folder === undefined)('the specification', () => {
  let specification: Specification
  beforeAll(() => {
    specification = new Specification(readDocuments(folder as string))
  })
  const found = (method: string, path: string) => specification.find(method, path).map(({ id }) => id)

  it('compiles, every request and every answer', () => {
    expect(specification.operations.length).toBeGreaterThan(160)
    for (const operation of specification.operations) {
      specification.requestValidator(operation)
      const { responses } = specification.definition(operation) as { responses: object }
      for (const status of Object.keys(responses)) specification.responseValidator(operation, Number(status))
    }
  })

  it('finds an operation by what is asked, old versions and left-out state keys included', () => {
    expect(found('PUT', '/_matrix/client/r0/rooms/!a/send/m.room.message/1')).toEqual(['sendMessage'])
    expect(found('PUT', '/_matrix/client/v3/rooms/!a/state/m.room.name')).toEqual(['setRoomStateWithKey'])
    expect(found('GET', '/_matrix/client/v3/rooms/!a/state/m.room.name/')).toEqual(['getRoomStateWithKey'])
    expect(found('GET', '/_matrix/client/v3/rooms/!a/state')).toEqual(['getRoomState'])
    expect(found('GET', '/_matrix/client/v3/pushrules')).toEqual(['getPushRules'])
    expect(found('GET', '/_matrix/client/v3/pushrules/global/override/x')).toEqual(['getPushRule'])
    expect(found('POST', '/_matrix/client/v3/rooms/!a/invite')).toEqual(['inviteUser', 'inviteBy3PID'])
    expect(found('POST', '/api/v1/setup')).toEqual([])
  })

  it.each<[string, Partial<Exchange>, RegExp[]]>([
    ['what is right', {}, []],
    ['a field of another type', { responseBody: { room_id: 7 } }, [/\/room_id must be string, and is 7/]],
    ['a field that is missing', { responseBody: {} }, [/required properties room_id/]],
    ['an answer that is no JSON', { isJson: false, responseBody: undefined }, [/is no JSON/]],
    [
      'a wrong request that was taken',
      { requestBody: { invite: 'x' } },
      [/The request .*\n {2}\/invite must be array/],
    ],
    ['a wrong request that was refused', { requestBody: { invite: 'x' }, ...error(400, 'M_BAD_JSON') }, []],
    ['a status that nobody knows', { status: 201 }, [/has no answer 201/]],
    ['an error for its status', error(403, 'M_MISSING_TOKEN'), []],
    ['an error against its status', error(401, 'M_FORBIDDEN'), [/has no answer 401 with M_FORBIDDEN/]],
    ['an error without a code', { status: 403, responseBody: { error: 'no' } }, [/required properties errcode/]],
    ['an unknown path', { path: '/_matrix/client/unstable/org.example/x', status: 299 }, []],
    ['no header for browsers', { headers: { 'content-type': 'application/json' } }, [/Access-Control-Allow-Origin/]],
    ['a refusal that does not say when', { ...error(429, 'M_LIMIT_EXCEEDED') }, [/Retry-After/]],
  ])('sees %s', (_, change, expected) => {
    const exchange = { ...good, ...change }
    const told = checkExchange(specification, exchange).violations.map((one) => describeViolation(exchange, one))
    expect(told).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
  })

  it('counts what was exercised once, over all processes, and names the rest when it is little', () => {
    const notes = `createRoom\nsync\n# 10 1500\ncreateRoom\n# 5 500\n`
    expect(exercisedLine(specification, notes)).toMatch(/: 2 of \d+ .* 15 exchanges checked in 2.0 s.$/)
    const rest = specification.operations
      .filter(({ isProposed }) => !isProposed)
      .map(({ id }) => id)
      .filter((id) => id !== 'createRoom')
    expect(exercisedLine(specification, rest.join('\n'))).toMatch(/Missing: createRoom\.$/)
  })

  it('is excepted from only where there is such an operation', () => {
    const known = new Set(specification.operations.map(({ id }) => id))
    expect(exceptions.flatMap(({ operations }) => operations).filter((id) => !known.has(id))).toEqual([])
  })
})

describe.skipIf(folder === undefined)('a watched server', () => {
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.setHeader('access-control-allow-origin', '*')
        response.writeHead(200, { 'Content-Type': 'application/json' })
        response.write('{"room_')
        response.end(request.url === '/_matrix/client/v3/createRoom' ? 'id":"!a:b"}' : 'id":false}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    url = `http://127.0.0.1:${port}`
    watchPort(port)
  })
  afterAll(() => server.close())
  const post = (path: string, body: string) =>
    fetch(url + path, { method: 'POST', body }).then((response) => response.json())

  it('is heard, request and answer, and hears nothing of it', async () => {
    expect(await post('/_matrix/client/v3/createRoom', '{"name":"Quay"}')).toEqual({ room_id: '!a:b' })
    expect(takeViolations()).toEqual([])
    expect(await post('/_matrix/client/v3/createRoom', '{"name":1}')).toEqual({ room_id: '!a:b' })
    expect(takeViolations()).toEqual([expect.stringMatching(/The request .*\n {2}\/name must be string, and is 1/)])
    expect(await post('/_matrix/client/v3/join/!a', '{}')).toEqual({ room_id: false })
    expect(takeViolations()).toEqual([expect.stringMatching(/The answer .*\n {2}\/room_id must be string/)])
    expect(takeViolations()).toEqual([])
  })
})

const good: Exchange = {
  method: 'POST',
  path: '/_matrix/client/v3/createRoom',
  query: '',
  requestBody: { name: 'Quay' },
  status: 200,
  headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
  isJson: true,
  responseBody: { room_id: '!a:b' },
}

function error(status: number, errcode: string): Partial<Exchange> {
  return { status, responseBody: { errcode, error: 'No.' } }
}
