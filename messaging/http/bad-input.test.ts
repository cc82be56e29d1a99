import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let ada: TownPerson
let roomId: string

beforeAll(async () => {
  town = await startTown({ checkAnswers: false })
  ada = await town.person('ada', { role: 'owner' })
  roomId = await ada.createRoom({ name: 'Engines' })
  await ada.say(roomId, 'hello')
})

afterAll(() => town[Symbol.asyncDispose]())

const strange = ['x', '%00', '%F0%9F%92%A5', '..%2F..%2Fetc', '__proto__', '!', '@', '$', '#', `%40${'a'.repeat(300)}`]
const bodies = ['', '{}', '[]', 'null', '3', '"x"', '{"__proto__":1}', '{"a":', '\u0000', '{"limit":"x","actions":3}']

/** Parameters that fit, so that the strange one is the only strange one. */
const fitting = (name: string): string =>
  encodeURIComponent(
    { roomId, roomIdOrAlias: roomId, userId: ada.id, serverName: 'town.example', kind: 'override' }[name] ?? 'x',
  )

const names = (path: string) => [...path.matchAll(/:([A-Za-z_]+)/g)].map((match) => match[1] as string)

function pathWith(path: string, strangeName: string | undefined, value: string): string {
  return path.replace(/:([A-Za-z_]+)/g, (_, name: string) => (name === strangeName ? value : fitting(name)))
}

async function problemOf(method: string, path: string, body?: string): Promise<string | undefined> {
  const answer = await ada.call(method, path, body === undefined ? {} : { raw: body })
  const line = `${method} ${path} ${body ?? ''} answered ${answer.status} ${answer.text.slice(0, 200)}`
  if (answer.status >= 500) return line
  return answer.status >= 400 && typeof answer.json?.errcode !== 'string' ? line : undefined
}

/** Sign-out and the like would end the session that asks. */
const endsSession = /logout|devices|\baccount\b/

describe('every route', () => {
  it('answers strange paths and bodies with an error of Matrix, never with a failure', async () => {
    const problems: string[] = []
    for (const route of town.http.routes()) {
      const path = [route.path].flat()[0] as string
      if (endsSession.test(path)) continue
      const paths = [undefined, ...names(path)].flatMap((name) =>
        (name === undefined ? [''] : strange).map((value) => pathWith(path, name, value)),
      )
      for (const one of paths)
        problems.push((await problemOf(route.method, one, writes(route.method) ? '{}' : undefined)) ?? '')
      if (!writes(route.method) || route.bodyKind === 'stream') continue
      for (const body of bodies)
        problems.push((await problemOf(route.method, pathWith(path, undefined, ''), body)) ?? '')
    }
    expect(problems.length).toBeGreaterThan(1_000)
    expect(problems.filter((line) => line !== '')).toEqual([])
  }, 120_000)
})

function writes(method: string): boolean {
  return method === 'PUT' || method === 'POST'
}
