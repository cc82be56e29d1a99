import type { Clock } from '#platform/api.ts'

const silenceMs = 2_000

/** Says what is going on, once it has taken two seconds. */
export async function withProgress<T>(
  say: (line: string) => void,
  clock: Clock,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const startMs = clock.nowMs()
  const timer = setTimeout(() => say(`${what} …`), silenceMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    const tookMs = clock.nowMs() - startMs
    if (tookMs > silenceMs) say(`${what}: done in ${Math.round(tookMs / 1000)} s.`)
  }
}
