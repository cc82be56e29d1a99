/**
 * Step one: the Node.js that Chancery is built for, whatever Node.js the machine has. It comes from the package registry
 * as a plain binary, one package for each platform; the lock file beside this one fixes version and checksum.
 */
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotPrepare, run } from './child.js'
import { installExactly } from './npm.js'
import { withProgress } from './progress.js'

const here = dirname(fileURLToPath(import.meta.url))
const platform = `${process.platform}-${process.arch}`

/** The first version that has everything the server uses (argon2id in node:crypto was the last to come). */
const oldestOwn = [24, 7]
const leftoverMs = 3_600_000

/**
 * The path of the Node.js to run everything else with.
 *
 * @param {string} root the checkout
 * @returns {Promise<string>}
 */
export async function pinnedNode(root) {
  const lock = readFileSync(join(here, 'package-lock.json'))
  const name = `node-${platform}`
  if (!JSON.parse(lock.toString()).packages[`node_modules/${name}`]) return ownNode('there is no pinned one for it yet')
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 12)
  const folder = join(root, '.chancery', `${name}-${hash}`)
  const binary = join(folder, 'node_modules', name, 'bin', 'node')
  if (existsSync(binary)) return binary
  await withProgress('Fetching Node.js (first start only)', () => fetchInto(folder, binary, name))
  return existsSync(binary) ? binary : ownNode('the pinned one does not run')
}

/**
 * Installs into a folder of our own and moves it into place whole, so that two commands that start at once never see
 * each other's half.
 *
 * @param {string} folder
 * @param {string} binary
 * @param {string} name
 */
async function fetchInto(folder, binary, name) {
  removeLeftovers(dirname(folder))
  const draft = `${folder}.tmp-${process.pid}`
  mkdirSync(draft, { recursive: true })
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(here, file), join(draft, file))
    await installExactly(process.execPath, draft, ['--include=optional', '--ignore-scripts'], 'Node.js')
    const fetched = join(draft, 'node_modules', name, 'bin', 'node')
    // npm is content without an optional package that it could not fetch.
    if (!existsSync(fetched)) {
      throw new CannotPrepare(
        'Node.js could not be fetched from the package registry. ' +
          'Check that the registry can be reached and that the disk has room, then run the same command again.',
      )
    }
    // A binary for another C library looks whole until it is run.
    const trial = await run(fetched, ['--version'], { cwd: draft })
    if (trial.code === 0 && !existsSync(binary)) renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(binary)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/**
 * What an installation that was killed left lying.
 *
 * @param {string} parent
 */
function removeLeftovers(parent) {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name)
    const isOld = /\.tmp-\d+$/.test(name) && Date.now() - statSync(path).mtimeMs > leftoverMs
    if (isOld) rmSync(path, { recursive: true, force: true })
  }
}

/**
 * Where no pinned Node.js fits the machine, the one that runs us has to do.
 *
 * @param {string} why
 */
function ownNode(why) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldestOwn
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.execPath
  throw new CannotPrepare(
    `Chancery brings its own Node.js, but on this machine (${platform}) ${why}. ` +
      `Install Node.js ${oldestOwn.join('.')} or later from https://nodejs.org (this is ${process.versions.node}), ` +
      'then run the same command again.',
  )
}

/**
 * Keeps `.chancery/bin/node` pointing at the Node.js to use, for the script that runs next and for its children.
 *
 * @param {string} root
 * @param {string} node
 */
export function linkNode(root, node) {
  const link = join(root, '.chancery', 'bin', 'node')
  try {
    if (readlinkSync(link) === node) return
  } catch {
    mkdirSync(dirname(link), { recursive: true })
  }
  const draft = `${link}.tmp-${process.pid}`
  symlinkSync(node, draft)
  renameSync(draft, link)
}
