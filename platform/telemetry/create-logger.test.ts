import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { StartRefused } from '../data-directory/start-refused.ts'
import { refuse } from '../errors/refusal.ts'
import { databaseError } from '../postgres/errors.ts'
import { createLogger, type LogLevel } from './create-logger.ts'
import type { LogFields, Logger } from './logger.ts'

const clock = { nowMs: () => Date.UTC(2026, 4, 1, 14, 2, 31, 250) }

function logged(
  say: (logger: Logger) => void,
  { level = 'debug', isTerminal = false }: { level?: LogLevel; isTerminal?: boolean } = {},
): string[] {
  const lines: string[] = []
  say(createLogger({ level, isTerminal, clock, write: (line) => lines.push(line) }))
  return lines
}

function oneLine(fields: LogFields): Record<string, any> {
  return JSON.parse(logged((logger) => logger.error('test.failed', fields)).join(''))
}

/** A word that somebody wrote; the log must never hold it. */
const canary = 'Quittenbaum'

describe('JSON lines', () => {
  it('say when, how bad, what, and the fields', () => {
    const lines = logged((logger) =>
      logger.info('http.answered', { operation: 'sync', status: 200, durationMs: 1.23456 }),
    )
    expect(lines).toEqual([
      '{"level":"info","time":"2026-05-01T14:02:31.250Z","operation":"sync","status":200,"durationMs":1.235,' +
        '"event":"http.answered"}\n',
    ])
  })

  it('keep what happened apart from the number of an event', () => {
    const [line] = logged((logger) => logger.warn('event.seal_broken', { room: 3, event: 7 }))
    expect(JSON.parse(line!)).toMatchObject({ event: 'event.seal_broken', eventId: 7, room: 3 })
  })

  it('below the level are not written', () => {
    const everything = (logger: Logger) => {
      logger.debug('a.b')
      logger.info('a.b')
      logger.warn('a.b')
      logger.error('a.b')
    }
    expect(logged(everything, { level: 'warn' }).map((line) => JSON.parse(line).level)).toEqual(['warn', 'error'])
    expect(logged(everything, { level: 'debug' })).toHaveLength(4)
  })

  it('leave out fields that the table does not know, and values of another type', () => {
    const forced = {
      body: canary,
      password: canary,
      room: canary,
      __proto__: { detail: canary },
    } as unknown as LogFields
    const lines = logged((logger) => logger.info('a.b', forced))
    expect(lines.join('')).not.toContain(canary)
  })

  it('go to standard error, whole, also when the process ends at once', () => {
    const module = fileURLToPath(new URL('./create-logger.ts', import.meta.url))
    const program =
      `import { createLogger } from ${JSON.stringify(module)}\n` +
      `createLogger({ level: 'info', isTerminal: false, clock: { nowMs: () => 0 } }).info('a.b', { count: 1 })\n` +
      'process.exit(0)'
    const out = execFileSync('/bin/sh', [
      '-c',
      '"$0" --input-type=module -e "$1" 2>&1 >/dev/null',
      process.execPath,
      program,
    ])
    expect(JSON.parse(out.toString())).toMatchObject({ event: 'a.b', count: 1 })
  })
})

describe('errors', () => {
  it('keep name, code and place, and lose a message that may repeat what came in', () => {
    const error = Object.assign(new TypeError(`cannot read ${canary}`), { code: 'ERR_X' })
    const { error: said } = oneLine({ error })
    expect(said).toMatchObject({ name: 'TypeError', code: 'ERR_X' })
    expect(said).not.toHaveProperty('message')
    expect(said.at[0]).toContain('create-logger.test.ts')
  })

  it.each<[string, () => unknown]>([
    ['a JSON parser that quotes the body', () => failureOf(() => JSON.parse(`{"body": ${canary}`))],
    ['a message that looks like frames', () => new Error(`x\n    at ${canary} (file.ts:1:1)\n    at ${canary}:1:1`)],
    [
      'a message that was changed later',
      () => Object.assign(new Error(`${canary}\n    at ${canary}`), { message: 'y' }),
    ],
    ['a name that is none', () => Object.assign(new Error('x'), { name: `${canary} says` })],
    ['a code that is none', () => Object.assign(new Error('x'), { code: `${canary} says` })],
    ['a property', () => Object.assign(new Error('x'), { body: canary, detail: canary })],
    ['a text that is thrown', () => canary],
    ['an object that is thrown', () => ({ message: canary, name: canary })],
    ['a cause', () => new Error('x', { cause: new Error(canary) })],
    ['the message of a refusal, which is for the person', () => refuse('M_FORBIDDEN', canary)],
    ['the fields of a refusal', () => refuse('M_FORBIDDEN', 'x', { fields: { user: canary } })],
  ])('%s does not reach the log', (_what, make) => {
    const say = (logger: Logger) => logger.error('test.failed', { error: make() })
    for (const isTerminal of [false, true]) {
      const lines = logged(say, { isTerminal })
      expect(lines).toHaveLength(1)
      expect(lines[0]).not.toContain(canary)
    }
  })

  it('keep our own words: the detail of a refusal, a database error, a refused start', () => {
    const refusal = refuse('M_FORBIDDEN', 'x', { detail: 'needs people.invite' })
    expect(oneLine({ error: refusal }).error).toMatchObject({
      name: 'Refusal',
      code: 'M_FORBIDDEN',
      message: 'needs people.invite',
    })
    expect(oneLine({ error: new StartRefused('The disk is full.') }).error.message).toBe('The disk is full.')
    const raw = { severity: 'ERROR', code: '22001', message: `value too long: ${canary}`, constraint: undefined }
    const { error } = oneLine({ error: databaseError(Object.assign(new Error(raw.message), raw), 'users.insert') })
    expect(error).toMatchObject({ name: 'DatabaseError', sqlState: '22001' })
    expect(error.message).toContain('"users.insert"')
    expect(JSON.stringify(error)).not.toContain(canary)
  })

  it('follow causes, and end where these go round', () => {
    const error = new Error('x', { cause: new RangeError('y') })
    expect(oneLine({ error }).error.cause.name).toBe('RangeError')
    const round = new Error('x')
    round.cause = round
    expect(JSON.stringify(oneLine({ error: round })).length).toBeLessThan(10_000)
  })
})

describe('lines for a terminal', () => {
  it('are for reading', () => {
    const [line] = logged(
      (logger) => logger.warn('log.catch_up_failed', { reader: 'search', position: 812, detail: 'Tried again.' }),
      { isTerminal: true },
    )
    expect(line).toBe('14:02:31 warn  log.catch_up_failed reader=search position=812 Tried again.\n')
  })

  it('show an error with its place, and its causes', () => {
    const error = Object.assign(new TypeError('x'), { code: 'ERR_X' })
    error.cause = new StartRefused('The disk is full.')
    const text = logged((logger) => logger.error('a.b', { error }), { isTerminal: true }).join('')
    const [first, second] = text.split('\n')
    expect(first).toBe('14:02:31 error a.b (TypeError ERR_X)')
    expect(second).toMatch(/^ {9}at .*create-logger\.test\.ts:\d+:\d+/)
    expect(text).toContain('\n         because of (StartRefused: The disk is full.)\n         at ')
    expect(text.endsWith('\n')).toBe(true)
  })

  it('obey no control character', () => {
    const [line] = logged((logger) => logger.info('a.b', { detail: 'x\u001b[31m\n14:00 error y\u202e' }), {
      isTerminal: true,
    })
    expect(line).toBe('14:02:31 info  a.b x\uFFFD[31m\uFFFD14:00 error y\uFFFD\n')
  })
})

function failureOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('It did not fail.')
}
