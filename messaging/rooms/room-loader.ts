import type { Users } from '#identity/api.ts'
import { type RoomVersion, roomVersion } from '#matrix/api.ts'
import type { Db, Vault } from '#platform/api.ts'
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

type Deps = { db: Db; vault: Vault; users: Users }

/** Reads a whole room: its head, who is in it, and its other state. */
export async function loadRoom(deps: Deps, identity: RoomIdentityRow): Promise<Room> {
  const [head, key, memberships, others] = await Promise.all([
    headRow(deps.db, identity.id),
    deps.vault.key(identity.keyId),
    memberRows(deps.db, identity.id),
    otherStateRows(deps.db, identity.id),
  ])
  const [people, rows] = await Promise.all([
    deps.users.byIds(memberships.map((row) => row.userId)),
    eventRowsByIds(
      deps.db,
      others.map((row) => row.eventId),
    ),
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
