/** One line for anything that takes longer than a person waits in silence. */
const silentMs = 2000
const terminalEveryMs = 1000
const plainEveryMs = 15_000

/**
 * Does `work` and tells how long it takes: nothing when it is quick, a line that counts on a terminal, and a line now
 * and then when the output goes to a file.
 *
 * @template T
 * @param {string} text what is going on, without a full stop
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(text, work) {
  const startedMs = performance.now()
  const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`
  const isTerminal = process.stdout.isTTY === true
  let isShown = false
  const show = () => {
    isShown = true
    process.stdout.write(isTerminal ? `\r${text} … ${seconds()}` : `${text} … ${seconds()}\n`)
  }
  /** @type {NodeJS.Timeout | undefined} */
  let repeat
  const first = setTimeout(() => {
    show()
    repeat = setInterval(show, isTerminal ? terminalEveryMs : plainEveryMs)
  }, silentMs)
  let ending = 'not finished'
  try {
    const result = await work()
    ending = 'done'
    return result
  } finally {
    clearTimeout(first)
    clearInterval(repeat)
    if (isShown) process.stdout.write(`${isTerminal ? '\r' : ''}${text} … ${ending} after ${seconds()}\n`)
  }
}
