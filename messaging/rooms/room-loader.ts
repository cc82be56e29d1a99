import type { Users } from '#identity/api.ts'
import { type RoomVersion, referenceHash, roomVersion } from '#matrix/api.ts'
import {
  type Db,
  type Logger,
  type Postgres,
  refuse,
  SealBroken,
  type SealingKey,
  sql,
  type Vault,
} from '#platform/api.ts'
import { openPdu } from '../events/event-codec.ts'
import { type EventRow, eventRowByMatrixId, eventRowsByIds } from '../store/events.ts'
import { memberRows, otherStateRows } from '../store/room-state.ts'
import { type HeadRow, headRow, type RoomRow, roomByMatrixId, roomsByIds } from '../store/rooms.ts'
import { type Member, membershipOfCode, Room, type StateEntry } from './room.ts'

export type RoomIdentityRow = {
  readonly id: number
  readonly matrixId: string
  readonly version: RoomVersion
  readonly keyId: number
}

type Deps = { db: Postgres; vault: Vault; users: Users; logger: Logger }

/** Without these nobody can say who may do what, so a room in which one is damaged stays shut. */
const neededToDecide = new Set([
  'm.room.create',
  'm.room.power_levels',
  'm.room.join_rules',
  'm.room.history_visibility',
  'm.room.encryption',
  'm.room.server_acl',
])

const oneSnapshot = sql('one_snapshot', 'set transaction isolation level repeatable read, read only')

/**
 * Reads a whole room: its head, who is in it, and its other state. All from one snapshot: a head that is newer than the state
 * beside it would let the next event be built on what no longer holds.
 */
export async function loadRoom(deps: Deps, identity: RoomIdentityRow): Promise<Room> {
  const { head, memberships, rows, named } = await deps.db.transaction(async (tx) => {
    await tx.run(oneSnapshot)
    const [head, memberships, others] = await Promise.all([
      headRow(tx, identity.id),
      memberRows(tx, identity.id),
      otherStateRows(tx, identity.id),
    ])
    const ids = others.map((row) => row.eventId)
    const rows = ids.length === 0 ? [] : await eventRowsByIds(tx, ids)
    return { head, memberships, rows, named: await namedRows(tx, identity, head, [...memberships, ...others]) }
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
  const state = rows.flatMap((row) => openState(deps.logger, identity, key, row))
  return new Room({ ...identity, key, head, members, state, hashes: openHashes(identity, key, named) })
}

/** In versions 1 and 2 whatever the next event may name: all state, and the newest events. */
async function namedRows(
  tx: Db,
  { version }: RoomIdentityRow,
  head: HeadRow,
  state: readonly { eventId: number }[],
): Promise<EventRow[]> {
  if (version.eventReferences === 'ids') return []
  const newest = await Promise.all(head.extremities.map((eventId) => eventRowByMatrixId(tx, eventId)))
  const rows = await eventRowsByIds(
    tx,
    state.map((row) => row.eventId),
  )
  return [...rows, ...newest.filter((row) => row !== undefined)]
}

/** Of events that cannot be opened there is no hash: what would name them is refused, as in a room that is damaged. */
function openHashes(identity: RoomIdentityRow, key: SealingKey, rows: readonly EventRow[]): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const row of rows) {
    try {
      hashes.set(row.matrixId, referenceHash(openPdu(key, row), identity.version))
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
    }
  }
  return hashes
}

/** State that was altered on the disk: a name or topic is left out, what decides about rights shuts the room. */
function openState(logger: Logger, identity: RoomIdentityRow, key: SealingKey, row: EventRow): StateEntry[] {
  try {
    return [{ internalId: row.id, eventId: row.matrixId, pdu: openPdu(key, row) }]
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    logger.error('room.seal_broken', { room: identity.id, event: row.id, error })
    if (!neededToDecide.has(row.type)) return []
    throw refuse(
      'CHANCERY_UNREADABLE',
      'What decides who may do what in this room was changed or damaged on the server, so the room stays shut. ' +
        'Tell those who run the server.',
      { cause: error },
    )
  }
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
