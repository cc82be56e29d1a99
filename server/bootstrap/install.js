/**
 * Steps two and three, run by steps.js under the pinned Node.js when its quick look found something missing. One command
 * at a time does this; whoever waited looks again, and mostly finds the work done.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CannotPrepare, exitWhenStopped, stopWithChildren } from './child.js'
import { tryLock } from './installation.js'
import { librariesAreCurrent } from './libraries.js'
import { installExactly } from './npm.js'
import { withProgress } from './progress.js'
import { buildWebClient, removeOldBuilds, webClientIsCurrent } from './web-client.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const lookAgainMs = 200

/** @param {{ testLibraries: boolean, webClient: boolean }} need */
async function install(need) {
  const turn = await takeTurn()
  try {
    if (!librariesAreCurrent(root, need)) await installLibraries(need)
    if (need.webClient && !webClientIsCurrent(root)) {
      await buildWebClient(root, process.execPath)
      const alone = tryLock(root, 'in-use.lock', 'alone')
      if (alone) removeOldBuilds(root)
      alone?.release()
    }
  } finally {
    turn.release()
  }
}

async function takeTurn() {
  const turn = tryLock(root, 'installing.lock', 'alone')
  if (turn) return turn
  return withProgress('Waiting for another command that is installing in this folder', async () => {
    for (;;) {
      await sleep(lookAgainMs)
      const later = tryLock(root, 'installing.lock', 'alone')
      if (later) return later
    }
  })
}

/** @param {{ testLibraries: boolean }} need */
async function installLibraries(need) {
  const alone = tryLock(root, 'in-use.lock', 'alone')
  if (!alone) {
    throw new CannotPrepare(
      'A Chancery server or test is running from this folder, and the libraries have changed since it started. ' +
        'Stop it, then run the same command again.',
    )
  }
  try {
    const isFirst = !existsSync(join(root, 'node_modules'))
    // What npm test has brought stays: an installation for the server alone must not take it away again.
    const withTests = need.testLibraries || existsSync(join(root, 'node_modules', 'vitest'))
    const options = ['--ignore-scripts=false', '--include=optional', withTests ? '--include=dev' : '--omit=dev']
    const title = isFirst ? 'Installing libraries (first start only)' : 'Installing libraries (they have changed)'
    await withProgress(title, () => installExactly(process.execPath, root, options, 'The libraries'))
    if (librariesAreCurrent(root, need)) return
    throw new CannotPrepare(
      'npm installed the libraries, but some that package-lock.json names for this platform are missing. ' +
        'Delete node_modules and run the same command again; if it stays so, the registry does not carry them.',
    )
  } finally {
    alone.release()
  }
}

stopWithChildren()
try {
  await install(JSON.parse(process.argv[2] ?? '{"testLibraries":false,"webClient":true}'))
} catch (error) {
  exitWhenStopped(error)
  if (!(error instanceof CannotPrepare)) throw error
  console.error(error.message)
  process.exitCode = 1
}
