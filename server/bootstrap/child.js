/**
 * Running other programs while getting ready. A signal that reaches us is handed to the program that runs at that moment,
 * so that stopping `npm start` in the middle of an installation leaves nothing behind.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Something that the person in front of the screen has to know or do; the message is meant for them. */
export class CannotPrepare extends Error {}

/** We were told to stop, and did. */
class Stopped extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`Stopped by ${signal}.`)
    this.exitCode = 128 + constants.signals[signal]
  }
}

/** Ends the process the way a shell reports a signal, if `error` says that we were told to stop.
 * @param {unknown} error */
export function exitWhenStopped(error) {
  if (error instanceof Stopped) process.exit(error.exitCode)
}

/** @type {NodeJS.Signals | undefined} */
let stoppedBy
/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()

/** From now on a signal stops the program that runs, and then us. Only what prepares asks for this, never the server. */
export function stopWithChildren() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      stoppedBy ??= signal
      if (children.size === 0) process.exit(128 + constants.signals[signal])
      for (const child of children) child.kill('SIGTERM')
    })
  }
}

/**
 * Runs a program to its end. With `show` it writes straight to our terminal; otherwise its words are collected, to be
 * shown only when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, show?: boolean }} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { cwd, env, show = false }) {
  return new Promise((resolve, reject) => {
    if (stoppedBy) return reject(new Stopped(stoppedBy))
    /** @type {import('node:child_process').SpawnOptions['stdio']} */
    const stdio = show ? 'inherit' : ['ignore', 'pipe', 'pipe']
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio })
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    children.add(child)
    child.on('error', (error) => {
      children.delete(child)
      resolve({ code: 127, output: error.message })
    })
    child.on('close', (code, signal) => {
      children.delete(child)
      if (stoppedBy) reject(new Stopped(stoppedBy))
      else resolve({ code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], output })
    })
  })
}
