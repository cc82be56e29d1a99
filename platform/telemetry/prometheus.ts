/**
 * Counters, histograms and gauges in the text format of Prometheus,
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * Written here because the customary library takes more memory than the whole log does.
 */

export interface Counter {
  /** `labels` in the order of the names. */
  add(labels: readonly string[], amount?: number): void
}

export interface Histogram {
  observe(labels: readonly string[], value: number): void
}

export type Family = { readonly name: string; readonly lines: () => string[] }

const metricName = /^[a-z_][a-z0-9_]*$/

export function counter(
  name: string,
  meaning: string,
  labelNames: readonly string[],
): { family: Family; counter: Counter } {
  const values = new Map<string, number>()
  const lines = () => [...values].map(([labels, value]) => `${name}${labels} ${value}`)
  return {
    family: family(name, meaning, 'counter', lines),
    counter: {
      add(labels, amount = 1) {
        const key = labelText(labelNames, labels)
        values.set(key, (values.get(key) ?? 0) + amount)
      },
    },
  }
}

type Series = { readonly labels: readonly string[]; readonly counts: number[]; sum: number; count: number }

/** `boundaries` are the upper edges of the buckets, ascending. */
export function histogram(
  name: string,
  meaning: string,
  boundaries: readonly number[],
  labelNames: readonly string[],
): { family: Family; histogram: Histogram } {
  const series = new Map<string, Series>()
  const lines = () => [...series.values()].flatMap((one) => histogramLines(name, labelNames, boundaries, one))
  return {
    family: family(name, meaning, 'histogram', lines),
    histogram: {
      observe(labels, value) {
        const key = labels.join('\0')
        let one = series.get(key)
        if (one === undefined) {
          one = { labels: [...labels], counts: new Array<number>(boundaries.length).fill(0), sum: 0, count: 0 }
          series.set(key, one)
        }
        one.sum += value
        one.count += 1
        const bucket = boundaries.findIndex((edge) => value <= edge)
        if (bucket !== -1) one.counts[bucket]! += 1
      },
    },
  }
}

/** One that cannot be read at the moment is left out, so that the others are still told. */
export function gauge(name: string, meaning: string, read: () => number): Family {
  return family(name, meaning, 'gauge', () => {
    try {
      return [`${name} ${numberText(read())}`]
    } catch {
      return []
    }
  })
}

function family(name: string, meaning: string, type: string, lines: () => string[]): Family {
  if (!metricName.test(name)) throw new Error(`"${name}" is no name of a metric. Use small letters, digits and _.`)
  const help = meaning.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  const head = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
  return { name, lines: () => [...head, ...lines()] }
}

function histogramLines(
  name: string,
  labelNames: readonly string[],
  boundaries: readonly number[],
  { labels, counts, sum, count }: Series,
): string[] {
  const bucketNames = [...labelNames, 'le']
  let below = 0
  const buckets = boundaries.map((edge, at) => {
    below += counts[at]!
    return `${name}_bucket${labelText(bucketNames, [...labels, String(edge)])} ${below}`
  })
  const text = labelText(labelNames, labels)
  return [
    ...buckets,
    `${name}_bucket${labelText(bucketNames, [...labels, '+Inf'])} ${count}`,
    `${name}_sum${text} ${numberText(sum)}`,
    `${name}_count${text} ${count}`,
  ]
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return ''
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `{${names.map((name, at) => `${name}="${escaped(values[at] ?? '')}"`).join(',')}}`
}

/** Prometheus writes infinity in its own way. */
function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
