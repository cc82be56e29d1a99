/**
 * Step three: the web client, built from web/ when its sources or the libraries have changed. Every build has a folder of
 * its own, named by what it was built from, and `web/dist` points at the newest. A server that has resolved that link
 * keeps serving the files it started with.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { CannotPrepare, run } from './child.js'
import { withProgress } from './progress.js'

/** What lies in web/ and does not go into a build. */
const notSource = /^(dist|node_modules)$|\.test\.tsx?$|\.md$/

/** @param {string} root */
const hasWebClient = (root) => existsSync(join(root, 'web', 'vite.config.ts'))

/** @param {string} root */
const linkPath = (root) => join(root, 'web', 'dist')

/**
 * The folder of the newest build, with the link resolved, so that a later build does not change what is served.
 *
 * @param {string} root the checkout
 * @returns {string | undefined} undefined when nothing has been built
 */
export function webClientFolder(root) {
  return existsSync(linkPath(root)) ? realpathSync(linkPath(root)) : undefined
}

/**
 * @param {string} root the checkout
 * @returns {boolean}
 */
export function webClientIsCurrent(root) {
  if (!hasWebClient(root)) return true
  const folder = buildFolder(root)
  return existsSync(folder) && pointsAt(root, folder)
}

/**
 * Builds the web client if nobody has built these sources yet, and points `web/dist` at the result.
 *
 * @param {string} root the checkout
 * @param {string} node the Node.js to build with
 */
export async function buildWebClient(root, node) {
  const folder = buildFolder(root)
  if (!existsSync(folder)) await withProgress('Building the web client', () => buildInto(root, node, folder))
  if (pointsAt(root, folder)) return
  const draft = `${linkPath(root)}.tmp-${process.pid}`
  symlinkSync(relative(join(root, 'web'), folder), draft)
  // A folder that somebody built by hand cannot be replaced by a link in one step.
  if (existsSync(linkPath(root)) && !isLink(root)) rmSync(linkPath(root), { recursive: true })
  renameSync(draft, linkPath(root))
}

/**
 * Builds that `web/dist` no longer points at. Call it only while no server of this checkout runs.
 *
 * @param {string} root
 */
export function removeOldBuilds(root) {
  const parent = join(root, '.chancery', 'web')
  if (!existsSync(parent)) return
  const current = webClientFolder(root)
  for (const name of readdirSync(parent)) {
    const path = join(realpathSync(parent), name)
    if (path !== current) rmSync(path, { recursive: true, force: true })
  }
}

/**
 * @param {string} root
 * @param {string} node
 * @param {string} folder
 */
async function buildInto(root, node, folder) {
  const draft = `${folder}.tmp-${process.pid}`
  mkdirSync(draft, { recursive: true })
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const config = join(root, 'web', 'vite.config.ts')
  const args = [vite, 'build', join(root, 'web'), '--config', config, '--outDir', draft, '--emptyOutDir']
  try {
    const result = await run(node, args, { cwd: root })
    if (result.code !== 0) {
      throw new CannotPrepare(
        `${result.output.trim()}\n\nThe web client could not be built; the reason stands above. ` +
          'If you have changed files in web/, correct them; otherwise delete node_modules and run the same command again.',
      )
    }
    renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** @param {string} root */
function buildFolder(root) {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'web'), { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.split('/').some((part) => notSource.test(part)))
    .map((path) => join('web', path))
    .filter((path) => statSync(join(root, path)).isFile())
  for (const path of [...files.sort(), 'package-lock.json']) {
    hash.update(`${path}\0`).update(
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest(),
    )
  }
  return join(root, '.chancery', 'web', hash.digest('hex').slice(0, 16))
}

/** @param {string} root @param {string} folder */
function pointsAt(root, folder) {
  return existsSync(linkPath(root)) && realpathSync(linkPath(root)) === (existsSync(folder) ? realpathSync(folder) : '')
}

/** @param {string} root */
function isLink(root) {
  try {
    return readlinkSync(linkPath(root)) !== ''
  } catch {
    return false
  }
}
