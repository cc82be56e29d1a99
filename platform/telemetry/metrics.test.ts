import { request } from 'node:http'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { StartRefused } from '../data-directory/start-refused.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { serveMetrics } from './metrics-listener.ts'

const startedMs = Date.UTC(2026, 4, 1)
const open: Metrics[] = []

function newMetrics(): Metrics {
  const metrics = createMetrics({ clock: { nowMs: () => startedMs } })
  open.push(metrics)
  return metrics
}

afterEach(() => {
  for (const metrics of open.splice(0)) metrics.close()
})

const linesOf = (metrics: Metrics, name: string) =>
  metrics
    .text()
    .split('\n')
    .filter((line) => line.startsWith(name))

describe('metrics', () => {
  it('count requests by operation and class of status, in buckets that add up', () => {
    const metrics = newMetrics()
    metrics.requestEnded('sync', 200, 4)
    metrics.requestEnded('sync', 204, 700)
    metrics.requestEnded('sync', 200, 90_000)
    metrics.requestEnded('sync', 403, 1)
    const lines = linesOf(metrics, 'http_request_duration_seconds')
    expect(lines).toContain('http_request_duration_seconds_bucket{operation="sync",status="2xx",le="0.005"} 1')
    expect(lines).toContain('http_request_duration_seconds_bucket{operation="sync",status="2xx",le="0.5"} 1')
    expect(lines).toContain('http_request_duration_seconds_bucket{operation="sync",status="2xx",le="1"} 2')
    expect(lines).toContain('http_request_duration_seconds_bucket{operation="sync",status="2xx",le="60"} 2')
    expect(lines).toContain('http_request_duration_seconds_bucket{operation="sync",status="2xx",le="+Inf"} 3')
    expect(lines).toContain('http_request_duration_seconds_sum{operation="sync",status="2xx"} 90.704')
    expect(lines).toContain('http_request_duration_seconds_count{operation="sync",status="2xx"} 3')
    expect(lines).toContain('http_request_duration_seconds_count{operation="sync",status="4xx"} 1')
  })

  it('tell how the writer commits', () => {
    const metrics = newMetrics()
    metrics.batchCommitted(3, 2)
    expect(linesOf(metrics, 'chancery_writer_batch_events_')).toContain('chancery_writer_batch_events_bucket{le="4"} 1')
    expect(linesOf(metrics, 'chancery_writer_commit_')).toContain('chancery_writer_commit_duration_seconds_sum 0.002')
  })

  it('read gauges when they are asked, and leave out one that fails', () => {
    const metrics = newMetrics()
    let position = 1
    metrics.gauge('chancery_log_position', 'Newest position.', () => position)
    metrics.gauge('chancery_broken', 'Fails.', () => {
      throw new Error('not now')
    })
    position = 42
    expect(linesOf(metrics, 'chancery_log_position')).toEqual(['chancery_log_position 42'])
    expect(linesOf(metrics, 'chancery_broken')).toEqual([])
    expect(linesOf(metrics, 'process_start_time_seconds')).toEqual([`process_start_time_seconds ${startedMs / 1000}`])
  })

  it('escape labels, and refuse names that are none or taken', () => {
    const metrics = newMetrics()
    metrics.counter('x_total', 'A\nB', ['what']).add(['a"b\\c\nd'], 2)
    expect(metrics.text()).toContain('# HELP x_total A\\nB\n# TYPE x_total counter\nx_total{what="a\\"b\\\\c\\nd"} 2\n')
    expect(() => metrics.counter('x_total', 'Again.')).toThrow('already')
    expect(() => metrics.gauge('no name', 'x', () => 1)).toThrow('no name of a metric')
  })

  it('every line is one that Prometheus reads', () => {
    const metrics = newMetrics()
    metrics.requestEnded('sync', 200, 4)
    metrics.batchCommitted(3, 2)
    const sample = /^[a-z_][a-z0-9_]*(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? (-?[\d.]+(e[+-]?\d+)?|[+-]Inf|NaN)$/
    const lines = metrics.text().split('\n')
    expect(lines.pop()).toBe('')
    for (const line of lines) expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE) [a-z_0-9]+ \S/ : sample)
  })

  it('see an event loop that was held up, once', async () => {
    const loop = loopOf(newMetrics())
    await turns()
    loop.read()
    const endMs = performance.now() + 200
    while (performance.now() < endMs);
    await turns()
    const held = loop.read()
    expect(held.lag).toBeGreaterThan(0.15)
    expect(held.blocked).toBeGreaterThan(0.05)
    await turns()
    expect(loop.read().lag).toBeLessThan(0.15)
  })

  it('tell a loop that worked from one that got no processor', async () => {
    const loop = loopOf(newMetrics())
    await turns()
    loop.read()
    // The thread sleeps, as it does when another program has the processor.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    await turns()
    const starved = loop.read()
    expect(starved.lag).toBeGreaterThan(0.15)
    expect(starved.blocked).toBeLessThan(0.05)
  })
})

const turns = () => new Promise((resolve) => setTimeout(resolve, 60))

function loopOf(metrics: Metrics) {
  metrics.watchLoop()
  const value = (lines: readonly string[], name: string) =>
    Number(lines.find((line) => line.startsWith(`nodejs_eventloop_${name}_max_seconds `))?.split(' ')[1])
  return {
    read() {
      const lines = linesOf(metrics, 'nodejs_eventloop_')
      return { lag: value(lines, 'lag'), blocked: value(lines, 'blocked') }
    },
  }
}

describe('the listener for metrics', () => {
  it('answers GET /metrics on loopback, and nothing else', async () => {
    const served = await serveMetrics(newMetrics(), 0)
    onTestFinished(served.close)
    const answer = await fetch(`http://127.0.0.1:${served.port}/metrics`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await answer.text()).toContain('process_resident_memory_bytes ')
    expect((await fetch(`http://127.0.0.1:${served.port}/`)).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${served.port}/metrics`, { method: 'POST' })).status).toBe(405)
  })

  it('says in a sentence that its port is taken', async () => {
    const served = await serveMetrics(newMetrics(), 0)
    onTestFinished(served.close)
    const second = serveMetrics(newMetrics(), served.port)
    await expect(second).rejects.toBeInstanceOf(StartRefused)
    await expect(second).rejects.toThrow(`Port ${served.port}, for metrics, is in use already.`)
  })

  it('closes although a scraper keeps its connection', async () => {
    const served = await serveMetrics(newMetrics(), 0)
    const kept = request({
      port: served.port,
      host: '127.0.0.1',
      path: '/metrics',
      headers: { connection: 'keep-alive' },
    })
    const ended = new Promise((resolve) => kept.once('close', resolve))
    await new Promise((resolve) => kept.once('response', (response) => resolve(response.resume())).end())
    await served.close()
    await ended
    await expect(fetch(`http://127.0.0.1:${served.port}/metrics`)).rejects.toThrow()
  })
})
