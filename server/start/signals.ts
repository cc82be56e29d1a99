/**
 * One stop for however many signals. A Ctrl-C at a terminal reaches the program twice, from the terminal and through
 * npm, so what comes within a second of the first counts as one with it. A later signal means "now".
 */
export type StopSignals = {
  /** Resolves with the first signal. */
  readonly asked: Promise<NodeJS.Signals>
}

const sameSignalMs = 1_000

export function listenForStop(options: { nowMs(): number; onSecond(): void }): StopSignals {
  let firstMs: number | undefined
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (firstMs === undefined) {
        firstMs = options.nowMs()
        resolve(signal)
      } else if (options.nowMs() - firstMs > sameSignalMs) options.onSecond()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
  return { asked }
}
