import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileSystemRefusal, StartRefused } from './start-refused.ts'

/**
 * Holds a data directory for one process. The operating system lets go of it when the process ends, however it ends; a
 * pid file could not promise that, and its number may belong to somebody else by then.
 */
export interface DirectoryLock {
  release(): void
}

/** `folder` as the person who starts knows it, for the sentence. */
export function lockDirectory(folder: string): DirectoryLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
    // SQLite is used for its file lock alone. Nothing is written, so there is no journal to clean up.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    throw lockRefusal(error, folder)
  }
  const held = database
  return {
    release() {
      if (held.isOpen) held.close()
    },
  }
}

type SqliteError = Error & { errcode?: number }

const sqliteBusy = 5
const sqliteFull = 13
const sqliteNotADatabase = 26

function lockRefusal(error: unknown, folder: string): StartRefused {
  // The low byte is the primary code, https://www.sqlite.org/rescode.html
  const code = ((error as SqliteError).errcode ?? 0) & 0xff
  if (code === sqliteBusy) {
    return new StartRefused(
      `Another Chancery server is already running on this data directory (${folder}). Stop it first, or start with ` +
        '--data on another folder.',
      { cause: error },
    )
  }
  if (code === sqliteFull) return fileSystemRefusal({ code: 'ENOSPC' }, `${folder}/lock.db`) as StartRefused
  if (code === sqliteNotADatabase) {
    return new StartRefused(`${folder}/lock.db is damaged. It holds no data: delete it, then start again.`, {
      cause: error,
    })
  }
  return new StartRefused(
    `The data directory ${folder} could not be locked (${(error as Error).message}). It must be on a file system ` +
      'that can lock files, and belong to the user who starts.',
    { cause: error },
  )
}
