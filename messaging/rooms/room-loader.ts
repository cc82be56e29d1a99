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
import { type MemberRow, memberRows, otherStateRows, type StateEventRow } from '../store/room-state.ts'
import { type HeadRow, headRows, type RoomRow, roomByMatrixId, roomsByIds } from '../store/rooms.ts'
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

type StoredRoom = {
  readonly head: HeadRow | undefined
  readonly memberships: readonly MemberRow[]
  readonly rows: readonly EventRow[]
  readonly named: readonly EventRow[]
}

/**
 * Reads whole rooms, a few queries for all of them: their heads, who is in them, and their other state. All from one snapshot: a
 * head that is newer than the state beside it would let the next event be built on what no longer holds. Instead of a room
 * that cannot be read stands the error.
 */
export async function loadRooms(
  deps: Deps,
  identities: readonly RoomIdentityRow[],
): Promise<Map<number, Room | { readonly error: unknown }>> {
  const stored = await deps.db.transaction((tx) => readRooms(tx, identities))
  const everybody = new Set([...stored.values()].flatMap(({ memberships }) => memberships.map((row) => row.userId)))
  const [people, keys] = await Promise.all([
    deps.users.byIds([...everybody]),
    deps.vault.keys(identities.map((identity) => identity.keyId)),
  ])
  const rooms = new Map<number, Room | { readonly error: unknown }>()
  for (const identity of identities) {
    const parts = stored.get(identity.id)
    try {
      // Whose key is not among those that could be had is asked for by itself, for the sake of its error.
      const key = keys.get(identity.keyId) ?? (await deps.vault.key(identity.keyId))
      rooms.set(identity.id, roomOf(deps, identity, key, parts, people))
    } catch (error) {
      rooms.set(identity.id, { error })
    }
  }
  return rooms
}

async function readRooms(tx: Db, identities: readonly RoomIdentityRow[]): Promise<Map<number, StoredRoom>> {
  await tx.run(oneSnapshot)
  const ids = identities.map((identity) => identity.id)
  const [heads, memberships, others] = await Promise.all([
    headRows(tx, ids),
    memberRows(tx, ids),
    otherStateRows(tx, ids),
  ])
  const eventIds = others.map((row) => row.eventId)
  const rows = eventIds.length === 0 ? [] : await eventRowsByIds(tx, eventIds)
  const headOf = new Map(heads.map((head) => [head.roomId, head]))
  const [members, state, events] = [memberships, others, rows].map((list) =>
    Map.groupBy(list as readonly { roomId: number }[], (row) => row.roomId),
  ) as [Map<number, MemberRow[]>, Map<number, StateEventRow[]>, Map<number, EventRow[]>]
  const stored = new Map<number, StoredRoom>()
  for (const identity of identities) {
    const { id } = identity
    const head = headOf.get(id)
    const ofRoom = members.get(id) ?? []
    const all = [...ofRoom, ...(state.get(id) ?? [])]
    const named = head === undefined ? [] : await namedRows(tx, identity, head, all)
    stored.set(id, { head, memberships: ofRoom, rows: events.get(id) ?? [], named })
  }
  return stored
}

function roomOf(
  { logger }: Deps,
  identity: RoomIdentityRow,
  key: SealingKey,
  stored: StoredRoom | undefined,
  people: ReadonlyMap<number, { readonly matrixId: string }>,
): Room {
  if (stored?.head === undefined) throw new Error(`room ${identity.id} has no head`)
  const members = stored.memberships.map(
    (row): Member => ({
      userId: row.userId,
      matrixId: people.get(row.userId)?.matrixId ?? '',
      membership: membershipOfCode(row.membership),
      eventId: row.matrixId,
      internalId: row.eventId,
    }),
  )
  const state = stored.rows.flatMap((row) => openState(logger, identity, key, row))
  const hashes = openHashes(identity, key, stored.named)
  return new Room({ ...identity, key, head: stored.head, members, state, hashes })
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
