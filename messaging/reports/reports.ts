import { assertGrant, type Grant, type Principal, type Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Clock, type Db, type Logger, type Random, refuse, SealBroken, type Vault } from '#platform/api.ts'
import type { Erasures } from '../departure/erasures.ts'
import type { EventReader } from '../events/event-reader.ts'
import { historyFor } from '../events/visibility.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { insertReport, type ReportRow, reportPage } from '../store/reports.ts'

type Deps = {
  db: Db
  vault: Pick<Vault, 'serverKey'>
  random: Random
  clock: Clock
  logger: Logger
  users: Pick<Users, 'byMatrixId' | 'byIds'>
  rooms: Pick<RoomCache, 'idOf' | 'identities'>
  reader: EventReader
  erasures: Pick<Erasures, 'inRoom'>
}

type Subjected = { roomId?: number; eventId?: string; userId?: number }
export type Complaint = { readonly reason?: string | undefined; readonly score?: number | undefined }

const keyLabel = 'reports'
const purpose = 'report'
const newest = Number.MAX_SAFE_INTEGER

/**
 * What people find amiss, for those who run the server. Whether a room or a person exists that somebody names is not
 * told by the answer. https://spec.matrix.org/v1.19/client-server-api/#reporting-content
 */
export class Reports {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Of an event that the reporter can read. */
  async event(grant: Grant, room: Room, eventId: string, complaint: Complaint): Promise<void> {
    assertGrant(grant, 'room.report', room.id)
    const { reader } = this.#deps
    const [event, history] = await Promise.all([
      reader.inRoom(room, eventId),
      historyFor(this.#deps, room, grant.subject),
    ])
    if (event === undefined || history.shown(event) === undefined) {
      throw refuse('M_NOT_FOUND', 'This event does not exist, or you may not see it. Check the link, or ask a member.')
    }
    await this.#store(grant.subject, { roomId: room.id, eventId }, complaint)
  }

  async room(subject: Subject, matrixId: string, complaint: Complaint): Promise<void> {
    const roomId = await this.#deps.rooms.idOf(matrixId)
    if (roomId !== undefined) await this.#store(subject, { roomId }, complaint)
  }

  async person(subject: Subject, matrixId: string, complaint: Complaint): Promise<void> {
    const user = await this.#deps.users.byMatrixId(matrixId)
    if (user !== undefined) await this.#store(subject, { userId: user.id }, complaint)
  }

  /** The newest first. `from` is the `next` of the page before. */
  async page(grant: Grant<Principal>, from: number | undefined, limit: number) {
    assertGrant(grant, 'reports.read')
    const { db, users, rooms, vault } = this.#deps
    const rows = await reportPage(db, from ?? newest, limit)
    const [people, named, key] = await Promise.all([
      users.byIds(rows.flatMap((row) => [row.reporterId, ...(row.userId === null ? [] : [row.userId])])),
      rooms.identities([...new Set(rows.flatMap((row) => row.roomId ?? []))]),
      vault.serverKey(keyLabel),
    ])
    const reports = rows.map((row) => ({
      report_id: row.id,
      kind: row.eventId !== null ? 'event' : row.roomId !== null ? 'room' : 'user',
      reporter: people.get(row.reporterId)?.matrixId ?? '',
      created_ts: row.createdTs,
      ...(row.roomId !== null && { room_id: named.get(row.roomId)?.matrixId ?? '' }),
      ...(row.eventId !== null && { event_id: row.eventId }),
      ...(row.userId !== null && { user_id: people.get(row.userId)?.matrixId ?? '' }),
      ...this.#complaintOf(key, row),
    }))
    return { reports, next: rows.length < limit ? undefined : rows.at(-1)?.number }
  }

  async #store(subject: Subject, about: Subjected, { reason, score }: Complaint): Promise<void> {
    const { db, vault, random, clock } = this.#deps
    const id = random.token(12)
    const key = await vault.serverKey(keyLabel)
    const words = { ...(reason !== undefined && { reason }), ...(score !== undefined && { score }) }
    await insertReport(db, {
      id,
      reporterId: subject.userId,
      roomId: about.roomId ?? null,
      eventId: about.eventId ?? null,
      userId: about.userId ?? null,
      createdTs: clock.nowMs(),
      sealed: key.seal(purpose, id, Buffer.from(JSON.stringify(words))),
    })
  }

  #complaintOf(key: Awaited<ReturnType<Vault['serverKey']>>, row: ReportRow): JsonObject {
    try {
      return JSON.parse(key.open(purpose, row.id, row.sealed).toString('utf8')) as JsonObject
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      this.#deps.logger.error('report.seal_broken', { error })
      return {}
    }
  }
}
