/**
 * The three steps of getting ready: the pinned Node.js, the libraries, the web client. Each is checked cheaply here, on
 * whatever Node.js started us; the work itself, when there is any, happens in install.js under the pinned Node.js.
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotPrepare, exitWhenStopped, run, stopWithChildren } from './child.js'
import { librariesAreCurrent } from './libraries.js'
import { linkNode, pinnedNode } from './pinned-node.js'
import { webClientIsCurrent } from './web-client.js'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')

/** What each command needs beyond Node.js and the libraries that the server itself uses. */
const needs = {
  start: { testLibraries: false, webClient: true },
  test: { testLibraries: true, webClient: true },
  prove: { testLibraries: true, webClient: true },
  interop: { testLibraries: true, webClient: true },
  arrows: { testLibraries: true, webClient: false },
  bench: { testLibraries: false, webClient: false },
  chancery: { testLibraries: false, webClient: false },
}

/**
 * Prepares everything for `command` and returns when it may be started; ends the process with a sentence when it cannot.
 *
 * @param {string} command one of the keys of `needs`
 */
export async function prepare(command) {
  const need = needs[/** @type {keyof typeof needs} */ (command)] ?? needs.start
  stopWithChildren()
  try {
    mkdirSync(join(root, '.chancery'), { recursive: true })
    const node = await pinnedNode(root)
    linkNode(root, node)
    const isReady = librariesAreCurrent(root, need) && (!need.webClient || webClientIsCurrent(root))
    if (isReady) return
    const install = [join(here, 'install.js'), JSON.stringify(need)]
    const result = await run(node, ['--disable-warning=ExperimentalWarning', ...install], { cwd: root, show: true })
    // What went wrong has been said by install.js itself.
    if (result.code !== 0) process.exitCode = result.code
  } catch (error) {
    exitWhenStopped(error)
    if (!(error instanceof CannotPrepare)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
