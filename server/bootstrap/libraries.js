/**
 * Whether node_modules holds what the lock file asks for. npm leaves a list of what it installed in node_modules, last of
 * all, so an installation that was cut off never looks whole; and what somebody installed by hand counts as well.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ version?: string, integrity?: string, dev?: boolean, optional?: boolean, devOptional?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] }} LockEntry
 */

/**
 * @param {string} root the checkout
 * @param {{ testLibraries: boolean }} need whether what only tests use must be there too
 * @returns {boolean}
 */
export function librariesAreCurrent(root, { testLibraries }) {
  const manifest = readJson(join(root, 'package.json'))
  const wanted = readJson(join(root, 'package-lock.json'))?.packages
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages
  if (!manifest || !wanted || !installed || !agree(manifest, wanted[''])) return false
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const found = installed[path]
    if (!found && !mayBeMissing(entry, testLibraries)) return false
    if (found && (found.version !== entry.version || found.integrity !== entry.integrity)) return false
  }
  return Object.keys(installed).every((path) => path in wanted)
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * A package.json that was edited without its lock file has to go through npm, which says what is wrong.
 *
 * @param {Record<string, unknown>} manifest
 * @param {Record<string, unknown>} lockRoot
 */
function agree(manifest, lockRoot) {
  const sections = ['dependencies', 'devDependencies', 'optionalDependencies']
  const sorted = (/** @type {unknown} */ section) => JSON.stringify(Object.entries(section ?? {}).sort())
  return sections.every((name) => sorted(manifest[name]) === sorted(lockRoot[name]))
}

/**
 * npm leaves optional packages of other platforms out. One that names this platform must be there; one that names none
 * hangs on another that may be missing itself.
 *
 * @param {LockEntry} entry
 * @param {boolean} testLibraries
 */
function mayBeMissing(entry, testLibraries) {
  if (!testLibraries && (entry.dev || entry.devOptional)) return true
  if (!entry.optional && !entry.devOptional) return false
  if (!entry.os || !entry.cpu || entry.libc) return true
  return !entry.os.includes(process.platform) || !entry.cpu.includes(process.arch)
}
