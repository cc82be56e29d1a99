import type { Access, Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { type Db, limits, Recent } from '#platform/api.ts'
import type { Memberships } from '../rooms/memberships.ts'
import { membershipCodes } from '../rooms/room.ts'
import { concernedByDeviceLists, membershipRowBefore } from '../store/device-list-log.ts'
import { membershipSetBy, type Tail, type TailEntry } from '../sync/tail.ts'

type Deps = {
  db: Db
  access: Pick<Access, 'visible'>
  users: Pick<Users, 'byIds'>
  memberships: Memberships
  tail: Pick<Tail, 'reaches' | 'after'>
}

export type DeviceListDelta = { changed: string[]; left: string[] }

/** What the log says of one person and another between two places. */
type Concern = { readonly isListed: boolean; readonly before: boolean; readonly now: boolean }

type Step = { readonly userId: number; readonly roomId: number; readonly eventId: number; readonly position: number }

/** More people than this at once are left to the database. */
const peopleInMemoryMax = 100

/**
 * Of whose devices a person hears: those that changed of people who share a room with her, everybody with whom she did not
 * share one before, and (`left`) those with whom she does not any more. From the tail in memory where it reaches back far
 * enough and she stayed in the same rooms, else from the database; both give the same.
 * https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user
 */
export class DeviceListChanges {
  readonly #deps: Deps
  /** By member event: whether somebody was in the room before. One look serves everybody who hears of the event. */
  readonly #wasIn = new Recent<number, Promise<boolean>>(limits.memberStepsInMemoryMax)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** In (after, until]. */
  async between(subject: Subject, after: number, until: number): Promise<DeviceListDelta> {
    if (after >= until) return { changed: [], left: [] }
    const concerns = (await this.#fromTail(subject, after, until)) ?? (await this.#fromDatabase(subject, after, until))
    const changed: number[] = []
    const left: number[] = []
    for (const [userId, { isListed, before, now }] of concerns) {
      if (userId === subject.userId) {
        if (isListed) changed.push(userId)
      } else if (now && (isListed || !before)) changed.push(userId)
      else if (before && !now) left.push(userId)
    }
    if (changed.length + left.length === 0) return { changed: [], left: [] }
    const users = await this.#deps.users.byIds([...changed, ...left])
    const names = (ids: readonly number[]) => ids.flatMap((id) => users.get(id)?.matrixId ?? [])
    return { changed: names(changed), left: names(left) }
  }

  async #fromDatabase({ userId, ...subject }: Subject, after: number, until: number): Promise<Map<number, Concern>> {
    await this.#deps.memberships.load(userId)
    const joined = [...this.#deps.access.visible({ userId, ...subject }).joined]
    const rows = await concernedByDeviceLists(this.#deps.db, userId, { after, until, joined })
    return new Map(rows.map((row) => [row.userId, row]))
  }

  /** Undefined when it cannot be told from memory. */
  async #fromTail(subject: Subject, after: number, until: number): Promise<Map<number, Concern> | undefined> {
    const { tail, memberships } = this.#deps
    if (!tail.reaches(after)) return undefined
    const rooms = await memberships.load(subject.userId)
    const { listed, moved } = peopleIn(tail.after(after), until, subject.userId, rooms)
    const people = new Set([...listed, ...moved])
    if (people.size === 0) return new Map()
    if (people.size > peopleInMemoryMax) return undefined
    people.add(subject.userId)
    await Promise.all([...people].map((userId) => memberships.load(userId)))
    // Memberships and tail are of one moment only as long as nothing is waited for.
    if (!tail.reaches(after)) return undefined
    const steps = stepsIn(tail.after(after), people)
    const current = new Map([...people].map((userId) => [userId, memberships.peek(userId)] as const))
    const joinedAt = async (userId: number, position: number): Promise<Set<number> | undefined> => {
      const rooms = current.get(userId)
      if (rooms === undefined) return undefined
      const joined = new Set([...rooms].flatMap(([roomId, membership]) => (membership === 'join' ? [roomId] : [])))
      const firsts = firstAfter(steps.get(userId) ?? [], position)
      const were = await Promise.all(firsts.map((step) => this.#was(step)))
      firsts.forEach(({ roomId }, n) => {
        if (were[n]) joined.add(roomId)
        else joined.delete(roomId)
      })
      return joined
    }
    const [mineBefore, mine] = [await joinedAt(subject.userId, after), await joinedAt(subject.userId, until)]
    if (mineBefore === undefined || mine === undefined) return undefined
    if (mineBefore.size !== mine.size || !mineBefore.isSubsetOf(mine)) return undefined
    const concerns = new Map<number, Concern>()
    for (const userId of people) {
      const [before, now] = [await joinedAt(userId, after), await joinedAt(userId, until)]
      if (before === undefined || now === undefined) return undefined
      const concern = { before: !before.isDisjointFrom(mine), now: !now.isDisjointFrom(mine) }
      concerns.set(userId, { ...concern, isListed: listed.has(userId) })
    }
    return concerns
  }

  /** Whether the person was in the room until the member event. */
  #was(step: Step): Promise<boolean> {
    let answer = this.#wasIn.get(step.eventId)
    if (answer === undefined) {
      answer = membershipRowBefore(this.#deps.db, step).then((row) => row?.membership === membershipCodes.join)
      answer.catch(() => this.#wasIn.delete(step.eventId))
      this.#wasIn.set(step.eventId, answer)
    }
    return answer
  }
}

/** Whose devices changed, and whose membership of a room that the reader has to do with, up to a place. */
function peopleIn(entries: readonly TailEntry[], until: number, reader: number, rooms: ReadonlyMap<number, unknown>) {
  const listed = new Set<number>()
  const moved = new Set<number>()
  for (const entry of entries) {
    if (entry.position > until) break
    if (entry.kind === 'deviceList' && entry.userId !== null) {
      if (entry.onlyFor === null || entry.onlyFor === reader) listed.add(entry.userId)
    } else if (entry.kind === 'event' && rooms.has(entry.event.roomId) && membershipSetBy(entry.event) !== undefined) {
      if (entry.event.targetId !== undefined) moved.add(entry.event.targetId)
    }
  }
  return { listed, moved }
}

/** The member events of some people, oldest first. */
function stepsIn(entries: readonly TailEntry[], people: ReadonlySet<number>): Map<number, Step[]> {
  const steps: Step[] = []
  for (const entry of entries) {
    if (entry.kind !== 'event' || membershipSetBy(entry.event) === undefined) continue
    const { targetId, roomId, id } = entry.event
    if (targetId === undefined || !people.has(targetId)) continue
    steps.push({ userId: targetId, roomId, eventId: id, position: entry.position })
  }
  return Map.groupBy(steps, (step) => step.userId)
}

/** The first step in each room behind a place: what was before it held at the place. */
function firstAfter(steps: readonly Step[], position: number): Step[] {
  const firsts = new Map<number, Step>()
  for (const step of steps) if (step.position > position && !firsts.has(step.roomId)) firsts.set(step.roomId, step)
  return [...firsts.values()]
}
