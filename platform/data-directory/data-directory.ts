import { access, chmod, constants, mkdir, readdir, realpath, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { masterKeyCheck } from '../vault/master-key.ts'
import { removeUnfinished, syncFolder } from './durable-write.ts'
import { type Format, formatVersion, readFormat, writeFormat } from './format.ts'
import { keyFileRisks, makeKeyFile, readKeyFile, refuseKeyInside } from './key-file.ts'
import { lockDirectory } from './lock.ts'
import { fileSystemRefusal, StartRefused } from './start-refused.ts'
import { openTestClock, refuseOtherClock, type TestClockFile } from './test-clock.ts'

export type DataDirectoryOptions = {
  readonly folder: string
  /** By default `defaultMasterKeyFile(folder)`. */
  readonly masterKeyFile?: string
  readonly serverName: string
  readonly clock?: { nowMs(): number }
  /** Whether its clock may be moved, which is decided at its birth. Left out: as it was born. */
  readonly testClock?: boolean
}

/** An open data directory: ours until `close`, or until this process ends in whatever way. */
export interface DataDirectory {
  /** Absolute, without symbolic links. */
  readonly folder: string
  /** PostgreSQL's own folder in it. */
  readonly postgresFolder: string
  readonly masterKey: Buffer
  readonly masterKeyFile: string
  /** This start made the directory. */
  readonly isNew: boolean
  /** This start made the key: say where it is and "keep a copy elsewhere". */
  readonly isKeyNew: boolean
  /** Sentences for the person who starts; none of them stops the start. */
  readonly warnings: readonly string[]
  /** Where its clock may be moved. */
  readonly testClock: TestClockFile | undefined
  close(): void
}

/** With less than this a start, a recovery or the first hour may fill the disk. */
const freeBytesMin = 200 * 1024 * 1024

/** What may lie in a directory that has not been born: our own beginnings, and what a file system puts there. */
const beginnings = /^(lock\.db(-journal)?|format\.[0-9a-f]+\.tmp|lost\+found|\.DS_Store)$/

/** Where the master key lies unless somebody says otherwise: beside the data directory, never in it. */
export function defaultMasterKeyFile(folder: string): string {
  return `${resolve(folder)}.key`
}

/**
 * Opens a data directory, or makes one where there is none, and holds it. Refuses, in a sentence, one that another
 * server holds, that belongs to somebody else, that a newer version wrote, that was born with another server name, or
 * whose key is missing or wrong. A key is made only for a directory that has not been born: it is on the disk before
 * the directory is, so that a kill between the two leaves a key that the next start takes.
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const folder = await prepareFolder(resolve(options.folder))
  const masterKeyFile = resolve(options.masterKeyFile ?? defaultMasterKeyFile(options.folder))
  await refuseForeign(folder)
  const lock = lockDirectory(folder)
  try {
    await chmod(join(folder, 'lock.db'), 0o600)
    await refuseFullDisk(folder)
    await refuseKeyInside(masterKeyFile, folder)
    await removeUnfinished(join(folder, 'format'))
    // A folder that others own may not let us look; then there is nothing of ours to clear either.
    await removeUnfinished(masterKeyFile).catch(() => {})
    const format = await readFormat(folder)
    if (format !== undefined) refuseOtherClock(folder, format, options.testClock)
    const key =
      format === undefined
        ? await beBorn(folder, masterKeyFile, options)
        : await reopen(folder, format, masterKeyFile, options)
    const warnings = await keyWarnings(masterKeyFile, folder)
    const testClock = await openTestClock(folder, (format?.test_clock ?? options.testClock) === true)
    const places = { folder, postgresFolder: join(folder, 'postgres'), masterKeyFile }
    return { ...places, ...key, warnings, testClock, close: lock.release }
  } catch (error) {
    lock.release()
    throw error
  }
}

type Key = { readonly masterKey: Buffer; readonly isNew: boolean; readonly isKeyNew: boolean }

async function beBorn(folder: string, masterKeyFile: string, options: DataDirectoryOptions): Promise<Key> {
  await refuseForeign(folder)
  await chmod(folder, 0o700)
  const found = await readKeyFile(masterKeyFile)
  const masterKey = found ?? (await makeKeyFile(masterKeyFile))
  await writeFormat(folder, {
    format: formatVersion,
    server_name: options.serverName,
    created: new Date(options.clock?.nowMs() ?? Date.now()).toISOString(),
    key_check: masterKeyCheck(masterKey),
    ...(options.testClock === true && { test_clock: true }),
  })
  return { masterKey, isNew: true, isKeyNew: found === undefined }
}

async function reopen(
  folder: string,
  format: Format,
  masterKeyFile: string,
  options: DataDirectoryOptions,
): Promise<Key> {
  if (format.server_name !== options.serverName) {
    throw new StartRefused(
      `The data directory ${folder} belongs to the server name ${format.server_name}, not ${options.serverName}. The ` +
        `name stands in every id in it and cannot change. Start with --server-name ${format.server_name}, or use ` +
        '--data with another folder.',
    )
  }
  const masterKey = await readKeyFile(masterKeyFile)
  if (masterKey === undefined) {
    throw new StartRefused(
      `The key ${masterKeyFile} of the data directory ${folder} is missing, and without it nothing in there can be ` +
        'read. Put it back, or name it with --master-key; a new key is never made for old data.',
    )
  }
  if (masterKeyCheck(masterKey) !== format.key_check) {
    throw new StartRefused(
      `The key ${masterKeyFile} is not the one that the data directory ${folder} was made with. Put the right one ` +
        'there, or name it with --master-key; a new key is never made for old data.',
    )
  }
  return { masterKey, isNew: false, isKeyNew: false }
}

/**
 * Makes the folder where there is none, and refuses one that is no folder or not ours. Nobody else may look into it.
 */
async function prepareFolder(wanted: string): Promise<string> {
  try {
    await mkdir(dirname(wanted), { recursive: true })
    const isMade = await mkdir(wanted, { mode: 0o700 }).then(
      () => true,
      (error) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    if (isMade) await syncFolder(dirname(wanted))
    const folder = await realpath(wanted)
    const found = await stat(folder)
    if (!found.isDirectory()) throw new StartRefused(`${wanted} is a file. Use --data with a folder.`)
    refuseOwner(folder, found.uid)
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    // Passing through (x) may have been granted to the user of PostgreSQL; looking and writing never are.
    if ((found.mode & 0o777 & ~0o711) !== 0) await chmod(folder, found.mode & 0o711)
    return folder
  } catch (error) {
    throw fileSystemRefusal(error, `the data directory ${wanted}`) ?? error
  }
}

function refuseOwner(folder: string, uid: number): void {
  const self = process.geteuid?.()
  if (self === undefined || self === uid) return
  throw new StartRefused(
    `The data directory ${folder} belongs to another user (id ${uid}; you are ${self}). Start Chancery as that user, ` +
      `give the folder to yourself with "chown -R ${self} ${folder}", or use --data with another folder.`,
  )
}

/** A folder that holds other things is somebody's by mistake; nothing of ours is put in there, not even the lock. */
async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.includes('format')) return
  const foreign = names.find((name) => !beginnings.test(name))
  if (foreign === undefined) return
  throw new StartRefused(
    `${folder} is not empty (it holds "${foreign}") and is no data directory of Chancery. Use --data with an empty ` +
      'folder or with one that does not exist yet.',
  )
}

async function refuseFullDisk(folder: string): Promise<void> {
  const disk = await statfs(folder)
  const freeBytes = disk.bavail * disk.bsize
  if (freeBytes >= freeBytesMin) return
  throw new StartRefused(
    `The disk of ${folder} has only ${Math.floor(freeBytes / 1024 / 1024)} MB free, and Chancery needs at least ` +
      `${freeBytesMin / 1024 / 1024} MB to start. Free some space, then start again.`,
  )
}

async function keyWarnings(masterKeyFile: string, folder: string): Promise<string[]> {
  const risks = await keyFileRisks(masterKeyFile, folder)
  const warnings: string[] = []
  if (risks.isReadableByOthers) {
    warnings.push(`Other users of this machine may read the master key. Run "chmod 600 ${masterKeyFile}".`)
  }
  if (risks.isOnSameDisk) {
    warnings.push(
      `The master key ${masterKeyFile} lies on the same disk as the data that it protects, so whoever takes the disk ` +
        'can read everything. Keep it on another one and name it with --master-key.',
    )
  }
  return warnings
}
