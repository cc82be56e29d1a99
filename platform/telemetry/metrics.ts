import { createHistogram } from 'node:perf_hooks'
import type { Clock } from '../clock.ts'
import * as prometheus from './prometheus.ts'

/** What the HTTP server tells. */
export interface RequestMetrics {
  /** `operation` is the route's, never a path: paths name people and rooms. */
  requestEnded(operation: string, status: number, durationMs: number): void
}

/** What the writer of events tells. */
export interface WriterMetrics {
  batchCommitted(events: number, durationMs: number): void
}

/** What the citizens' channels tell. */
export interface ChannelMetrics {
  /** `what` is one of a short list: a hook taken, forged or stale, a send accepted and so on. */
  channelDid(channelId: string, what: string): void
}

/** Numbers about the running server, for Prometheus. */
export interface Metrics extends RequestMetrics, WriterMetrics, ChannelMetrics {
  counter(name: string, meaning: string, labelNames?: readonly string[]): prometheus.Counter
  /** `boundaries` are the upper edges of the buckets, ascending. */
  histogram(
    name: string,
    meaning: string,
    boundaries: readonly number[],
    labelNames?: readonly string[],
  ): prometheus.Histogram
  /** Read when the metrics are asked for. */
  gauge(name: string, meaning: string, read: () => number): void
  /** Begins to watch the event loop: when the server listens, since before there is nobody whom it could hold up. */
  watchLoop(): void
  text(): string
  close(): void
}

/** Long polling answers within 60 s; everything else should within a tenth. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60]
const commitSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const batchEvents = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

const loopLookMs = 20

export function createMetrics({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }): Metrics {
  const families = new Map<string, prometheus.Family>()
  const add = (family: prometheus.Family): void => {
    if (families.has(family.name)) throw new Error(`There is a metric ${family.name} already.`)
    families.set(family.name, family)
  }
  const counter: Metrics['counter'] = (name, meaning, labelNames = []) => {
    const made = prometheus.counter(name, meaning, labelNames)
    add(made.family)
    return made.counter
  }
  const histogram: Metrics['histogram'] = (name, meaning, boundaries, labelNames = []) => {
    const made = prometheus.histogram(name, meaning, boundaries, labelNames)
    add(made.family)
    return made.histogram
  }
  const gauge: Metrics['gauge'] = (name, meaning, read) => add(prometheus.gauge(name, meaning, read))

  const requests = histogram('http_request_duration_seconds', 'Time to answer a request.', requestSeconds, [
    'operation',
    'status',
  ])
  const sizes = histogram('chancery_writer_batch_events', 'Events that one commit stored.', batchEvents)
  const commits = histogram('chancery_writer_commit_duration_seconds', 'Time of one commit of events.', commitSeconds)
  const channels = counter('chancery_channel_total', 'What happened on a channel to citizens.', ['channel', 'what'])
  const loop = measureLoop(gauge)
  measureProcess(gauge, clock)

  return {
    counter,
    histogram,
    gauge,
    requestEnded: (operation, status, durationMs) => requests.observe([operation, classOf(status)], durationMs / 1000),
    batchCommitted(events, durationMs) {
      sizes.observe([], events)
      commits.observe([], durationMs / 1000)
    },
    channelDid: (channelId, what) => channels.add([channelId, what]),
    text: () => `${[...families.values()].flatMap((family) => family.lines()).join('\n')}\n`,
    watchLoop: loop.watch,
    close: loop.close,
  }
}

/** 2xx, 4xx and so on: which refusal it was stands in the log. */
function classOf(status: number): string {
  return `${Math.floor(status / 100)}xx`
}

/**
 * How late timers are, looked at fifty times a second, and how much of that was the loop's own doing: a turn that held others up
 * used the processor, while a machine that was busy with other programs left the loop waiting for one.
 */
function measureLoop(gauge: Metrics['gauge']): { watch(): void; close(): void } {
  const lateness = createHistogram()
  let blockedMs = 0
  let [lookedMs, usedMs] = [0, 0]
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const [nowMs, cpuMs] = [performance.now(), threadCpuMs()]
    const lateMs = Math.max(0, nowMs - lookedMs - loopLookMs)
    lateness.record(Math.round(lateMs * 1e6) + 1)
    blockedMs = Math.max(blockedMs, Math.min(lateMs, cpuMs - usedMs))
    lookedMs = nowMs
    usedMs = cpuMs
  }
  const lateSeconds = (percent: number) => lateness.percentile(percent) / 1e9
  gauge('nodejs_eventloop_lag_p50_seconds', 'Lateness of the event loop since the last reading, median.', () =>
    lateSeconds(50),
  )
  gauge('nodejs_eventloop_lag_p99_seconds', 'The same, 99th percentile.', () => lateSeconds(99))
  gauge('nodejs_eventloop_lag_max_seconds', 'The same, worst.', () => lateness.max / 1e9)
  gauge('nodejs_eventloop_blocked_max_seconds', 'The worst of it that was the work of this process.', () => {
    const worst = blockedMs / 1000
    // Read last of the four, so that each reading covers the time since the one before.
    lateness.reset()
    blockedMs = 0
    return worst
  })
  return {
    watch() {
      lookedMs = performance.now()
      usedMs = threadCpuMs()
      timer ??= setInterval(look, loopLookMs).unref()
    },
    close: () => clearInterval(timer),
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function measureProcess(gauge: Metrics['gauge'], clock: Pick<Clock, 'nowMs'>): void {
  const startedSeconds = clock.nowMs() / 1000
  gauge('process_start_time_seconds', 'When the server started, in seconds since 1970.', () => startedSeconds)
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  gauge('nodejs_heap_size_used_bytes', 'Memory that JavaScript objects take.', () => process.memoryUsage().heapUsed)
  gauge('process_cpu_seconds_total', 'Time on the processors since the start.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
}
