import type { Draft, RoomMoment, RoomView, SendGuard, StoredEvent } from '#messaging/api.ts'
import { type Clock, type Db, limits, Recent, refuse } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { conversationRow, conversationRowsByEitherRoom } from '../store/conversations.ts'
import { queueRowByRoom } from '../store/queues.ts'
import { commandIn } from './commands.ts'
import { isForCitizen, isStaffId, type SendOptions, sendOptions } from './leaving.ts'
import { citizenPrefix, deskName } from './room-shapes.ts'
import { conversationOf } from './rows.ts'
import type { ReplyWays } from './types.ts'

type Deps = {
  db: Db
  agencies: Pick<Agencies, 'isStaff'>
  /** Left out where nothing is sent: then nothing is known to be forbidden. */
  ways: ReplyWays | undefined
  clock: Clock
  serverName: string
}

/** What a room of the desk is; it never becomes another. */
type DeskRoom =
  | { readonly kind: 'queue'; readonly agencyId: number }
  | {
      readonly kind: 'conversation' | 'notes'
      readonly agencyId: number
      readonly conversationId: number
      readonly citizen: string
    }

/** Messages that are looked at for what somebody has not seen yet. */
const lookBackMax = 20

/**
 * Stands before every write to a room of the desk: who may come in, what a citizen may never be near, and what must not be
 * sent. Of other rooms it only knows that `@desk` did not make them.
 */
export function createDeskGuard(deps: Deps): SendGuard {
  const guard = new DeskGuard(deps)
  const desk = `@${deskName}:${deps.serverName}`
  return {
    check(room, draft, moment) {
      if (room.stateEntry('m.room.create')?.pdu.sender !== desk) return undefined
      return guard.check(room, draft, moment)
    },
  }
}

class DeskGuard implements SendGuard {
  readonly #deps: Deps
  readonly #rooms = new Recent<number, DeskRoom>(limits.deskRoomsInMemoryMax)
  /** By room and writer: the colleague's answer that she was told of. */
  readonly #told = new Recent<string, string>(limits.deskCollisionsKept)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async check(room: RoomView, draft: Draft, moment: RoomMoment): Promise<void> {
    const known = await this.#known(room.id)
    if (known === undefined) return refuseStrangers(draft)
    refuseCitizens(known, draft)
    if (draft.type === 'm.room.member') return this.#refuseOutsiders(known, draft)
    const sender = draft.sender.matrixId
    if (!isStaffId(sender)) return
    if (!this.#deps.agencies.isStaff(draft.sender.userId, known.agencyId)) throw notStaff('You do')
    refuseEncryption(draft)
    if (known.kind !== 'conversation' || !isForCitizen(draft)) return
    const options = sendOptions(draft.content)
    await this.#refuseForbidden(known.conversationId, draft, options, moment)
    await this.#refuseSecondAnswer(room, draft, options, moment)
  }

  async #known(roomId: number): Promise<DeskRoom | undefined> {
    const known = this.#rooms.get(roomId)
    if (known !== undefined) return known
    const { db } = this.#deps
    const [[row], queue] = await Promise.all([conversationRowsByEitherRoom(db, [roomId]), queueRowByRoom(db, roomId)])
    const found: DeskRoom | undefined =
      row !== undefined
        ? {
            kind: row.roomId === roomId ? 'conversation' : 'notes',
            agencyId: row.agencyId,
            conversationId: row.id,
            citizen: row.citizenMatrixId,
          }
        : queue && { kind: 'queue', agencyId: queue.agencyId }
    if (found !== undefined) this.#rooms.set(roomId, found)
    return found
  }

  /** Whoever comes in or is asked in works for the agency, whoever lets her in. */
  #refuseOutsiders({ agencyId }: DeskRoom, { content, stateKey = '', target, sender }: Draft): void {
    const { membership } = content
    if (membership === 'leave' || membership === 'ban' || !isStaffId(stateKey)) return
    if (target !== undefined && this.#deps.agencies.isStaff(target.userId, agencyId)) return
    throw notStaff(sender.matrixId === stateKey ? 'You do' : `${stateKey} does`)
  }

  async #refuseForbidden(
    id: number,
    draft: Draft,
    options: SendOptions | undefined,
    moment: RoomMoment,
  ): Promise<void> {
    const { ways, db } = this.#deps
    const row = ways === undefined ? undefined : await conversationRow(db, id)
    if (ways === undefined || row === undefined) return
    const [last] = options?.channel === undefined ? await moment.lastMessages(1, draft.sender.userId) : []
    const command = last === undefined ? undefined : commandIn(last.content)
    const override = options?.channel ?? (command?.name === 'by' ? command.kind : undefined)
    const way = await ways.forReply(conversationOf(row), override)
    if (way.isOpen) return
    const next = way.nextBest
    const nextBest = next === undefined ? {} : { next_best: { channel: next.kind, reason: next.reason } }
    throw refuse('M_FORBIDDEN', `This was not sent. ${way.message}`, { fields: { reason: way.code, ...nextBest } })
  }

  /**
   * Two answers to one question are one too many: whoever comes second looks first, and may then send all the same. With the
   * code that Matrix has for it; `reason` tells programs that this can be confirmed.
   */
  async #refuseSecondAnswer(
    room: RoomView,
    draft: Draft,
    options: SendOptions | undefined,
    moment: RoomMoment,
  ): Promise<void> {
    if (options?.isConfirmed === true) return
    const own = draft.sender.matrixId
    const answer = this.#unseenAnswer(await moment.lastMessages(lookBackMax), own, options)
    if (answer !== undefined) {
      const key = `${room.id} ${draft.sender.userId}`
      if (options === undefined && this.#told.get(key) === answer.matrixId) return
      this.#told.set(key, answer.matrixId)
      throw refuse(
        'M_FORBIDDEN',
        `${answer.sender} has answered meanwhile. Read it, and send yours again if it is still needed.`,
        { fields: { reason: 'answered', event_id: answer.matrixId, user_id: answer.sender } },
      )
    }
    // Clients that show by themselves who is writing are not asked.
    const other = options === undefined ? undefined : moment.typists().find((id) => id !== own && isStaffId(id))
    if (other === undefined) return
    throw refuse('M_FORBIDDEN', `${other} is writing an answer. Confirm that yours is to be sent as well.`, {
      fields: { reason: 'writing', user_id: other },
    })
  }

  /**
   * A colleague's answer after what the writer says she has seen. Where the client does not say: one that was given a moment ago
   * and since the citizen's last words.
   */
  #unseenAnswer(newestFirst: readonly StoredEvent[], own: string, options: SendOptions | undefined) {
    const since = this.#deps.clock.nowMs() - limits.deskCollisionMs
    for (const event of newestFirst) {
      if (
        options?.seen !== undefined ? event.matrixId === options.seen : event.sender.startsWith(`@${citizenPrefix}`)
      ) {
        return undefined
      }
      if (event.sender === own && options?.seen === undefined) return undefined
      const isAnswer = event.sender !== own && isStaffId(event.sender) && !event.isRedacted && isForCitizen(event)
      if (isAnswer && (options?.seen !== undefined || event.pdu.origin_server_ts >= since)) return event
    }
    return undefined
  }
}

/** Before a room is claimed by its row, only the server itself is at work in it. */
function refuseStrangers({ sender }: Draft): void {
  if (isStaffId(sender.matrixId)) throw notStaff('You do')
}

/** A citizen is in her own conversation and in no other room, whoever wants it otherwise. */
function refuseCitizens(known: DeskRoom, { type, sender, stateKey = '', content }: Draft): void {
  const own = known.kind === 'conversation' ? known.citizen : undefined
  const isCitizen = (id: string) => id.startsWith(`@${citizenPrefix}`)
  const comes = type === 'm.room.member' && content.membership !== 'leave' && content.membership !== 'ban'
  if (isCitizen(sender.matrixId) && sender.matrixId !== own) throw notHers()
  if (comes && isCitizen(stateKey) && stateKey !== own) throw notHers()
}

function refuseEncryption({ type }: Draft): void {
  if (type !== 'm.room.encryption' && type !== 'm.room.encrypted') return
  throw refuse(
    'M_FORBIDDEN',
    'Here you write with a citizen by her own channels, so this room is not encrypted from end to end. Send it plain.',
  )
}

function notStaff(who: string): Error {
  return refuse('M_FORBIDDEN', `${who} not work for this agency. Ask somebody who looks after its staff.`)
}

function notHers(): Error {
  return refuse('M_FORBIDDEN', 'A citizen can be in her own conversation only.')
}
