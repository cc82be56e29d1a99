/**
 * Who may use and who may replace what is installed in this checkout. The locks are SQLite's locks on two empty files: the
 * kernel keeps them, and they end with the process that holds them, however it ends.
 *
 * - `installing.lock` is held by the one command that installs or builds; others wait for it.
 * - `in-use.lock` is shared by everything that runs from here; an installer needs it alone before it replaces a library.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { librariesAreCurrent } from './libraries.js'

export { webClientFolder } from './web-client.js'

/** The libraries are not those of the lock file, or somebody is replacing them. The message says what to do. */
export class InstallationChanged extends Error {}

/**
 * Called first by everything that runs from this checkout: from now until the process ends, or `release`, nobody replaces
 * the libraries.
 *
 * @param {string} root the checkout
 * @param {{ testLibraries?: boolean }} [need] whether the libraries that only tests use must be there
 * @returns {{ release(): void }}
 * @throws {InstallationChanged}
 */
export function holdInstallation(root, { testLibraries = false } = {}) {
  const lock = tryLock(root, 'in-use.lock', 'shared')
  if (!lock) {
    throw new InstallationChanged(
      'Another command is installing libraries in this folder. Wait until it is done, then start again.',
    )
  }
  if (librariesAreCurrent(root, { testLibraries })) return lock
  lock.release()
  throw new InstallationChanged(
    'The libraries in this folder are not those that package-lock.json names. ' +
      'Start through npm (npm start, npm test), which installs what is missing.',
  )
}

/**
 * Takes a lock if it is free at this moment.
 *
 * @param {string} root
 * @param {'installing.lock' | 'in-use.lock'} name
 * @param {'shared' | 'alone'} how
 * @returns {{ release(): void } | undefined}
 */
export function tryLock(root, name, how) {
  mkdirSync(join(root, '.chancery'), { recursive: true })
  const file = new DatabaseSync(join(root, '.chancery', name), { timeout: 0 })
  try {
    // A read transaction takes its shared lock with the first read.
    file.exec(how === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_schema')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    const isHeld = error instanceof Error && /locked|busy/i.test(error.message)
    if (isHeld) return undefined
    throw error
  }
}
