import { setImmediate } from 'node:timers/promises'
import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Limits, limits, type Postgres, refuse, SealBroken, type SealingKey, type Tx } from '#platform/api.ts'
import {
  type KeyBackupSessionRow,
  keyBackupSessionPage,
  putKeyBackupSessions,
  removeKeyBackupSessions,
  type SessionRange,
} from '../store/key-backup-sessions.ts'
import {
  currentKeyBackup,
  deleteKeyBackup,
  insertKeyBackup,
  type KeyBackupRow,
  keyBackupRow,
  lockKeyBackup,
  lockKeyBackups,
  setKeyBackupCount,
  setKeyBackupSealed,
} from '../store/key-backups.ts'

export type KeyBackupSession = {
  readonly first_message_index: number
  readonly forwarded_count: number
  readonly is_verified: boolean
  readonly session_data: JsonObject
}
/** By room, then by session. */
export type KeyBackupSessions = ReadonlyMap<string, ReadonlyMap<string, KeyBackupSession>>

export type KeyBackupInfo = { algorithm: string; auth_data: JsonObject; version: string; etag: string; count: number }
export type KeyBackupState = { etag: string; count: number }

/** Keys of a room, each as `"session id":{…}`. */
export type RoomKeyTexts = { readonly roomId: string; readonly sessions: readonly string[] }

type Deps = {
  postgres: Postgres
  users: Pick<Users, 'keyOf'>
  limits: Pick<Limits, 'keyBackupSessionsMax'>
}
type Place = Pick<SessionRange, 'roomId' | 'sessionId'>

const wholeNumber = /^[1-9]\d{0,8}$/
/** Keys sealed before others have their turn: about ten milliseconds. */
const sealedAtOnce = 1_000
/** Keys of one page of an answer: 300 KB of those that clients make, 5 MB at most. */
const openedAtOnce = 300

/**
 * Backups of room keys, encrypted by clients, so that a new device reads what was said before it.
 * https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
 */
export class KeyBackups {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Answers the number of the new version, which is the current one from now on. */
  async create(userId: number, algorithm: string, authData: JsonObject): Promise<string> {
    const key = await this.#deps.users.keyOf(userId)
    return this.#deps.postgres.transaction(async (tx) => {
      const version = (await lockKeyBackups(tx, userId)) + 1
      await insertKeyBackup(tx, userId, { version, algorithm, sealed: sealAuthData(key, userId, version, authData) })
      return String(version)
    })
  }

  /** The current version where none is named. Throws M_NOT_FOUND. */
  async info(userId: number, named?: string): Promise<KeyBackupInfo> {
    const { postgres, users } = this.#deps
    const row = await (named === undefined
      ? currentKeyBackup(postgres, userId)
      : keyBackupRow(postgres, userId, versionOf(named)))
    if (row === undefined) throw named === undefined ? noBackup() : unknownVersion()
    const key = await users.keyOf(userId)
    const plain = key.open('key_backup', `${userId}/${row.version}`, row.sealed)
    return {
      algorithm: row.algorithm,
      auth_data: JSON.parse(plain.toString()) as JsonObject,
      version: String(row.version),
      ...stateOf(row),
    }
  }

  /** The algorithm never changes. Throws M_NOT_FOUND, M_INVALID_PARAM. */
  async update(userId: number, named: string, algorithm: string, authData: JsonObject): Promise<void> {
    const version = versionOf(named)
    const key = await this.#deps.users.keyOf(userId)
    await this.#deps.postgres.transaction(async (tx) => {
      const row = await lockKeyBackup(tx, userId, version)
      if (row === undefined) throw unknownVersion()
      if (row.algorithm !== algorithm) {
        throw refuse('M_INVALID_PARAM', 'A backup keeps its algorithm. Make a new version for another one.')
      }
      await setKeyBackupSealed(tx, userId, version, sealAuthData(key, userId, version, authData))
    })
  }

  /** Deleting again is no error. Throws M_NOT_FOUND for a version that never was. */
  async delete(userId: number, named: string): Promise<void> {
    const version = versionOf(named)
    await this.#deps.postgres.transaction(async (tx) => {
      if (!(await deleteKeyBackup(tx, userId, version))) throw unknownVersion()
      await removeKeyBackupSessions(tx, { userId, version })
    })
  }

  /** Takes in keys that are new or better than those of the same sessions. Throws M_NOT_FOUND, M_WRONG_ROOM_KEYS_VERSION. */
  async put(userId: number, named: string, sessions: KeyBackupSessions): Promise<KeyBackupState> {
    const version = versionOf(named)
    const key = await this.#deps.users.keyOf(userId)
    const rows = await sealSessions(key, { userId, version }, sessions)
    return this.#deps.postgres.transaction(async (tx) => {
      const row = await lockKeyBackup(tx, userId, version)
      const current = await currentKeyBackup(tx, userId)
      if (row === undefined || current === undefined) throw unknownVersion()
      if (current.version !== version) {
        throw refuse('M_WRONG_ROOM_KEYS_VERSION', 'There is a newer backup of your keys. Use that one.', {
          fields: { current_version: String(current.version) },
        })
      }
      const taken = rows.length === 0 ? [] : await putKeyBackupSessions(tx, { userId, version }, rows)
      const count = row.count + taken.filter(({ isNew }) => isNew).length
      if (count > this.#deps.limits.keyBackupSessionsMax) {
        throw refuse(
          'M_TOO_LARGE',
          `A backup may hold ${this.#deps.limits.keyBackupSessionsMax} keys. Make a new version of it.`,
        )
      }
      return this.#changed(tx, userId, row, taken.length > 0, count)
    })
  }

  /** Keys of the whole backup, of a room or of one session of it. Throws M_NOT_FOUND. */
  async remove(userId: number, named: string, place: Place): Promise<KeyBackupState> {
    const version = versionOf(named)
    return this.#deps.postgres.transaction(async (tx) => {
      const row = await lockKeyBackup(tx, userId, version)
      if (row === undefined) throw unknownVersion()
      const gone = await removeKeyBackupSessions(tx, { userId, version, ...place })
      return this.#changed(tx, userId, row, gone > 0, row.count - gone)
    })
  }

  async #changed(tx: Tx, userId: number, row: KeyBackupRow, isChanged: boolean, count: number) {
    if (!isChanged) return stateOf(row)
    const after = { ...row, etag: row.etag + 1, count }
    await setKeyBackupCount(tx, userId, after)
    return stateOf(after)
  }

  /**
   * The texts of the keys that are there, page by page in the order of rooms: a backup is as large as its person makes it, so
   * nobody holds the whole. Throws M_NOT_FOUND when there is no such version.
   */
  async pages(userId: number, named: string, place: Place): Promise<AsyncIterable<readonly RoomKeyTexts[]>> {
    const version = versionOf(named)
    if ((await keyBackupRow(this.#deps.postgres, userId, version)) === undefined) throw unknownVersion()
    return this.#pages(await this.#deps.users.keyOf(userId), { userId, version }, place)
  }

  async *#pages(key: SealingKey, backup: Backup, place: Place): AsyncGenerator<readonly RoomKeyTexts[]> {
    let after = { roomId: '', sessionId: '' }
    for (;;) {
      const rows = await keyBackupSessionPage(this.#deps.postgres, { ...backup, ...place }, after, openedAtOnce)
      const texts = [...Map.groupBy(rows, (row) => row.roomId)].map(([roomId, ofRoom]) => ({
        roomId,
        sessions: ofRoom.flatMap((row) => {
          const text = sessionText(key, backup, row)
          return text === undefined ? [] : `${JSON.stringify(row.sessionId)}:${text}`
        }),
      }))
      if (rows.length > 0) yield texts
      const last = rows.at(-1)
      if (last === undefined || rows.length < openedAtOnce) return
      after = last
    }
  }
}

type Backup = { readonly userId: number; readonly version: number }

async function sealSessions(
  key: SealingKey,
  backup: Backup,
  sessions: KeyBackupSessions,
): Promise<KeyBackupSessionRow[]> {
  const rows: KeyBackupSessionRow[] = []
  for (const [roomId, ofRoom] of sessions) {
    for (const [sessionId, session] of ofRoom) {
      const plain = Buffer.from(JSON.stringify(session.session_data))
      if (plain.length > limits.keyBackupSessionBytesMax) {
        throw refuse('M_TOO_LARGE', `A backed-up key may have ${limits.keyBackupSessionBytesMax} bytes. This has more.`)
      }
      rows.push({
        roomId,
        sessionId,
        isVerified: session.is_verified,
        firstMessageIndex: session.first_message_index,
        forwardedCount: session.forwarded_count,
        sealed: key.seal('key_backup_session', subjectOf(backup, roomId, sessionId), plain),
      })
      if (rows.length % sealedAtOnce === 0) await setImmediate()
    }
  }
  return rows
}

/** Undefined for what was altered: the other keys are still there. */
function sessionText(key: SealingKey, backup: Backup, row: KeyBackupSessionRow): string | undefined {
  try {
    const data = key.open('key_backup_session', subjectOf(backup, row.roomId, row.sessionId), row.sealed).toString()
    const { firstMessageIndex, forwardedCount, isVerified } = row
    const about = { first_message_index: firstMessageIndex, forwarded_count: forwardedCount, is_verified: isVerified }
    return `${JSON.stringify(about).slice(0, -1)},"session_data":${data}}`
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}

function subjectOf({ userId, version }: Backup, roomId: string, sessionId: string): string {
  return `${userId}/${version}/${roomId}/${sessionId}`
}

function sealAuthData(key: SealingKey, userId: number, version: number, authData: JsonObject): Buffer {
  return key.seal('key_backup', `${userId}/${version}`, Buffer.from(JSON.stringify(authData)))
}

function stateOf({ etag, count }: { etag: number; count: number }): KeyBackupState {
  return { etag: String(etag), count }
}

/** Versions are told to clients as text; a text that is none is a version that there is not. */
function versionOf(named: string): number {
  return wholeNumber.test(named) ? Number(named) : 0
}

function noBackup(): Error {
  return refuse('M_NOT_FOUND', 'There is no backup of your keys yet. Make one first.')
}

function unknownVersion(): Error {
  return refuse('M_NOT_FOUND', 'There is no such version of your backup. Load the current one.')
}
