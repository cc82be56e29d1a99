import type { Users } from '#identity/api.ts'
import { type RoomVersion, roomVersion } from '#matrix/api.ts'
import { type Db, type Postgres, sql, type Vault } from '#platform/api.ts'
import { openPdu } from '../events/event-codec.ts'
import { eventRowsByIds } from '../store/events.ts'
import { memberRows, otherStateRows } from '../store/room-state.ts'
import { headRow, type RoomRow, roomByMatrixId, roomsByIds } from '../store/rooms.ts'
import { type Member, membershipOfCode, Room, type StateEntry } from './room.ts'

export type RoomIdentityRow = {
  readonly id: number
  readonly matrixId: string
  readonly version: RoomVersion
  readonly keyId: number
}

type Deps = { db: Postgres; vault: Vault; users: Users }

const oneSnapshot = sql('one_snapshot', 'set transaction isolation level repeatable read, read only')

/**
 * Reads a whole room: its head, who is in it, and its other state. All from one snapshot: a head that is newer than the state
 * beside it would let the next event be built on what no longer holds.
 */
export async function loadRoom(deps: Deps, identity: RoomIdentityRow): Promise<Room> {
  const { head, memberships, rows } = await deps.db.transaction(async (tx) => {
    await tx.run(oneSnapshot)
    const [head, memberships, others] = await Promise.all([
      headRow(tx, identity.id),
      memberRows(tx, identity.id),
      otherStateRows(tx, identity.id),
    ])
    const ids = others.map((row) => row.eventId)
    return { head, memberships, rows: ids.length === 0 ? [] : await eventRowsByIds(tx, ids) }
  })
  const [people, key] = await Promise.all([
    deps.users.byIds(memberships.map((row) => row.userId)),
    deps.vault.key(identity.keyId),
  ])
  const members: Member[] = memberships.map((row) => ({
    userId: row.userId,
    matrixId: people.get(row.userId)?.matrixId ?? '',
    membership: membershipOfCode(row.membership),
    eventId: row.matrixId,
    internalId: row.eventId,
  }))
  const state: StateEntry[] = rows.map((row) => ({
    internalId: row.id,
    eventId: row.matrixId,
    pdu: openPdu(key, row),
  }))
  return new Room({ ...identity, key, head, members, state })
}

export async function identityOf(db: Db, matrixId: string): Promise<RoomIdentityRow | undefined> {
  const row = await roomByMatrixId(db, matrixId)
  return row === undefined ? undefined : withVersion(row)
}

export async function identitiesOf(db: Db, ids: readonly number[]): Promise<RoomIdentityRow[]> {
  return (await roomsByIds(db, ids)).map(withVersion)
}

function withVersion(row: RoomRow): RoomIdentityRow {
  const version = roomVersion(row.version)
  if (version === undefined) throw new Error(`room ${row.id} has a version that this server does not know`)
  return { id: row.id, matrixId: row.matrixId, version, keyId: row.keyId }
}
