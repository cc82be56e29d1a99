import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { createLogger } from './create-logger.ts'
import type { LogFields } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { serveMetrics } from './metrics-listener.ts'

function loggerInto(lines: string[], isTerminal = false) {
  return createLogger({ level: 'info', isTerminal, clock: systemClock, write: (line) => void lines.push(line) })
}

test('a line is JSON with a time, a level, an event and its fields', () => {
  const lines: string[] = []
  const logger = loggerInto(lines)
  logger.debug('http.too_quiet')
  logger.info('http.request_refused', { operation: 'login', status: 403, durationMs: 1.23456 })
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'info',
    event: 'http.request_refused',
    operation: 'login',
    status: 403,
    durationMs: 1.235,
  })
})

test('what is no field, or no value of its kind, gets into no line', () => {
  const lines: string[] = []
  const forced = { accessToken: 'canary-1', body: { a: 'canary-2' }, room: '!canary-3:x', detail: { a: 'canary-4' } }
  loggerInto(lines).error('http.request_failed', forced as unknown as LogFields)
  loggerInto(lines, true).error('http.request_failed', forced as unknown as LogFields)
  expect(lines.join('')).not.toContain('canary')
})

test('errors of the parser and of PostgreSQL say where and never what', () => {
  const lines: string[] = []
  const logger = loggerInto(lines)
  try {
    JSON.parse('{"canary-5')
  } catch (error) {
    logger.error('a.failed', { error })
  }
  const refused = Object.assign(new Error('invalid input syntax: "canary-6"'), {
    severity: 'ERROR',
    code: '22P02',
    detail: 'Key (name)=(canary-7) already exists.',
    where: 'canary-8',
  })
  logger.error('b.failed', { error: new Error('The write failed.', { cause: refused }) })
  expect(lines.join('')).not.toContain('canary')
  expect(JSON.parse(lines[1]!).error).toMatchObject({ message: 'The write failed.', cause: { code: '22P02' } })
  expect(JSON.parse(lines[0]!).error.at[0]).toBeTypeOf('string')
})

test('on a terminal a line is for people', () => {
  const lines: string[] = []
  loggerInto(lines, true).warn('log.reader_stopped', { reader: 'unread', error: new Error('It broke.') })
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}log\.reader_stopped reader=unread Error: It broke\.\n {4}at /)
})

test('metrics are served as Prometheus reads them, on loopback and under one path', async () => {
  const metrics = createMetrics({ clock: systemClock })
  metrics.requestEnded('sync', 200, 30)
  metrics.requestEnded('sync', 200, 70_000)
  metrics.gauge('chancery_log_position', 'The newest position.', () => 42)
  const lines = metrics.text().split('\n')
  expect(lines).toContain('chancery_requests_total{operation="sync",status="200"} 2')
  expect(lines).toContain('chancery_request_seconds_bucket{operation="sync",le="0.05"} 1')
  expect(lines).toContain('chancery_request_seconds_bucket{operation="sync",le="60"} 1')
  expect(lines).toContain('chancery_request_seconds_bucket{operation="sync",le="+Inf"} 2')
  expect(lines).toContain('chancery_request_seconds_sum{operation="sync"} 70.03')
  expect(lines).toContain('chancery_log_position 42')
  const served = await serveMetrics(metrics, 0)
  try {
    const answer = await fetch(`http://127.0.0.1:${served.port}/metrics`)
    expect(answer.headers.get('content-type')).toContain('version=0.0.4')
    expect(await answer.text()).toContain('chancery_log_position 42')
    expect((await fetch(`http://127.0.0.1:${served.port}/`)).status).toBe(404)
  } finally {
    await served.close()
    metrics.close()
  }
})
