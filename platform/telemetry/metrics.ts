import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../clock.ts'

/** What the HTTP server tells. */
export interface RequestMetrics {
  requestEnded(operation: string, status: number, durationMs: number): void
}

export interface Counter {
  add(labels: readonly string[], amount?: number): void
}

export interface Histogram {
  observe(labels: readonly string[], value: number): void
}

/** Numbers about the running server in the text format of Prometheus. */
export interface Metrics extends RequestMetrics {
  counter(name: string, meaning: string, labelNames?: readonly string[]): Counter
  /** `boundaries` are the upper edges of the buckets, ascending. */
  histogram(name: string, meaning: string, boundaries: readonly number[], labelNames?: readonly string[]): Histogram
  /** Read when the metrics are asked for. */
  gauge(name: string, meaning: string, read: () => number): void
  text(): string
  close(): void
}

type Family = { readonly lines: () => string[] }

const secondsBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]

export function createMetrics({ clock }: { clock: Clock }): Metrics {
  const startedMs = clock.nowMs()
  const families: Family[] = []
  const head = (name: string, meaning: string, type: string) => [`# HELP ${name} ${meaning}`, `# TYPE ${name} ${type}`]

  function counter(name: string, meaning: string, labelNames: readonly string[] = []): Counter {
    const values = new Map<string, number>()
    families.push({
      lines: () => [...head(name, meaning, 'counter'), ...[...values].map(([labels, n]) => `${name}${labels} ${n}`)],
    })
    return {
      add(labels, amount = 1) {
        const key = labelText(labelNames, labels)
        values.set(key, (values.get(key) ?? 0) + amount)
      },
    }
  }

  function histogram(
    name: string,
    meaning: string,
    boundaries: readonly number[],
    labelNames: readonly string[] = [],
  ): Histogram {
    const series = new Map<string, HistogramSeries>()
    families.push({
      lines: () => [
        ...head(name, meaning, 'histogram'),
        ...[...series.values()].flatMap((one) => histogramLines(name, labelNames, boundaries, one)),
      ],
    })
    return {
      observe(labels, value) {
        const key = labels.join('\0')
        let one = series.get(key)
        if (one === undefined) {
          one = { labels: [...labels], counts: new Array(boundaries.length).fill(0), sum: 0, count: 0 }
          series.set(key, one)
        }
        one.sum += value
        one.count++
        const bucket = boundaries.findIndex((edge) => value <= edge)
        if (bucket !== -1) one.counts[bucket]!++
      },
    }
  }

  function gauge(name: string, meaning: string, read: () => number): void {
    families.push({ lines: () => [...head(name, meaning, 'gauge'), `${name} ${read()}`] })
  }

  const requests = counter('chancery_requests_total', 'Answered requests.', ['operation', 'status'])
  const durations = histogram('chancery_request_seconds', 'Time to answer.', secondsBoundaries, ['operation'])
  const loopDelay = monitorEventLoopDelay({ resolution: 100 })
  loopDelay.enable()
  gauge('chancery_event_loop_delay_seconds', 'p99 of the delay of the event loop since the last reading.', () => {
    const seconds = loopDelay.percentile(99) / 1e9
    loopDelay.reset()
    return seconds
  })
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  gauge('process_uptime_seconds', 'Time since start.', () => (clock.nowMs() - startedMs) / 1000)

  return {
    counter,
    histogram,
    gauge,
    requestEnded(operation, status, durationMs) {
      requests.add([operation, String(status)])
      durations.observe([operation], durationMs / 1000)
    },
    text: () => `${families.flatMap((family) => family.lines()).join('\n')}\n`,
    close: () => loopDelay.disable(),
  }
}

type HistogramSeries = { labels: string[]; counts: number[]; sum: number; count: number }

function histogramLines(
  name: string,
  labelNames: readonly string[],
  boundaries: readonly number[],
  { labels, counts, sum, count }: HistogramSeries,
): string[] {
  let below = 0
  const buckets = boundaries.map((edge, at) => {
    below += counts[at]!
    return `${name}_bucket${labelText([...labelNames, 'le'], [...labels, String(edge)])} ${below}`
  })
  const text = labelText(labelNames, labels)
  return [
    ...buckets,
    `${name}_bucket${labelText([...labelNames, 'le'], [...labels, '+Inf'])} ${count}`,
    `${name}_sum${text} ${sum}`,
    `${name}_count${text} ${count}`,
  ]
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return ''
  const quoted = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `{${names.map((name, at) => `${name}="${quoted(values[at] ?? '')}"`).join(',')}}`
}
