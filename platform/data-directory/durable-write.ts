import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Makes what was created, renamed or removed in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Replaces a file as a whole: after a power cut it holds either the old bytes or the new ones, and once this returns,
 * the new ones. Mode 0600.
 */
export async function durableWrite(file: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(await open(temporary, 'wx', 0o600), bytes)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
}

/**
 * Makes a file that must not exist yet; fails with EEXIST where it does. A kill in the middle leaves either no file or
 * a whole one.
 */
export async function durableCreate(file: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(await open(temporary, 'wx', 0o600), bytes)
    try {
      // A link, unlike a rename, never replaces what is there.
      await link(temporary, file)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
      // A file system without links.
      await writeSynced(await open(file, 'wx', 0o600), bytes)
    }
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(file))
}

/** Removes what a kill in the middle of a write of this file left beside it. Only for the one who may write it. */
export async function removeUnfinished(file: string): Promise<void> {
  const prefix = `${basename(file)}.`
  for (const name of await readdir(dirname(file))) {
    const isUnfinished = name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length))
    if (isUnfinished) await rm(join(dirname(file), name), { force: true })
  }
}

/** Writes a file that was opened for it, has it flushed to the disk, and closes it. */
export async function writeSynced(
  handle: FileHandle,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
