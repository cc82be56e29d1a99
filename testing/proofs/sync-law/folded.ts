/** What clients of either protocol hold of a room, and how they fill a gap in its timeline. */
import { roomPath, type TownPerson } from '../../town-person.ts'

export type Event = {
  readonly event_id: string
  readonly type: string
  readonly state_key?: string
  readonly sender: string
  readonly content: any
}

export const nameOf = (event: { type: string; state_key?: string | undefined }) => `${event.type} ${event.state_key}`

/** What a client knows of others' devices: the version that it asked for last, as it does when it hears of a change. */
export class KnownDevices {
  readonly #versionOf: (userId: string) => number
  readonly #versions = new Map<string, number>()

  constructor(versionOf: (userId: string) => number, everybody: readonly string[]) {
    this.#versionOf = versionOf
    for (const userId of everybody) this.#versions.set(userId, versionOf(userId))
  }

  take(lists: { changed?: string[]; left?: string[] } | undefined): void {
    for (const userId of lists?.changed ?? []) this.#versions.set(userId, this.#versionOf(userId))
    for (const userId of lists?.left ?? []) this.#versions.delete(userId)
  }

  version(userId: string): number | undefined {
    return this.#versions.get(userId)
  }
}

/** Whom the person ignores, as far as a client was told, and what it hides therefore: servers take back nothing that they told. */
export class Ignored {
  #people: ReadonlySet<string> = new Set()
  /** By event, of what is no state. */
  readonly #senders = new Map<string, string>()

  /** Answers whether somebody is ignored no longer: the client has to begin anew, to be told what was kept from it. */
  take(accountData: readonly { type: string; content: any }[]): boolean {
    const list = accountData.findLast(({ type }) => type === 'm.ignored_user_list')
    if (list === undefined) return false
    const before = this.#people
    this.#people = new Set(Object.keys(list.content.ignored_users))
    return before.difference(this.#people).size > 0
  }

  note(events: readonly Event[]): void {
    for (const event of events) if (event.state_key === undefined) this.#senders.set(event.event_id, event.sender)
  }

  has(person: string | undefined): boolean {
    return person !== undefined && this.#people.has(person)
  }

  hide(room: { timeline: string[] } | undefined, sticky: Set<string>): void {
    const isHidden = (id: string) => this.has(this.#senders.get(id))
    if (room !== undefined) room.timeline = room.timeline.filter((id) => !isHidden(id))
    for (const id of sticky) if (isHidden(id)) sticky.delete(id)
  }
}

export class FoldedRoom {
  membership = 'join'
  timeline: string[] = []
  state = new Map<string, string>()
  receipts = new Map<string, string>()
  accountData = new Map<string, string>()
  /** Events that stick: none expires while a history lasts. */
  readonly sticky = new Set<string>()
  /** Name, counts and the like, as they were told last. */
  readonly about = new Map<string, unknown>()
}

/** By user, type and thread: the event of the receipt. */
export function foldReceipts(receipts: Map<string, string>, content: any): void {
  for (const [eventId, types] of Object.entries<any>(content)) {
    for (const [type, people] of Object.entries<any>(types)) {
      for (const [user, { thread_id: thread }] of Object.entries<any>(people)) {
        receipts.set(`${user} ${type} ${thread ?? ''}`, eventId)
      }
    }
  }
}

/** What lies between a place in the timeline and what is known already, oldest first. */
export async function gapBefore(
  who: TownPerson,
  room: string,
  known: ReadonlySet<string>,
  from: string | undefined,
  filter?: object,
): Promise<Event[]> {
  const found: Event[] = []
  let token = from
  while (token !== undefined) {
    const query = { dir: 'b', limit: '7', from: token, ...(filter && { filter: JSON.stringify(filter) }) }
    const answer = await who.call('GET', `${roomPath(room)}/messages?${new URLSearchParams(query)}`)
    // Whoever was removed meanwhile cannot read on.
    if (answer.status !== 200) return found.reverse()
    for (const event of answer.json.chunk as Event[]) {
      if (known.has(event.event_id)) return found.reverse()
      found.push(event)
    }
    token = answer.json.end
  }
  return found.reverse()
}

export function addTo(room: FoldedRoom, before: readonly Event[], events: readonly Event[], faults: string[]): void {
  const known = new Set(room.timeline)
  for (const [n, { event_id: id }] of [...before, ...events].entries()) {
    if (known.has(id)) {
      const where = n < before.length ? `of a gap of ${before.length}` : `behind a gap of ${before.length}`
      faults.push(`${id} came twice, ${where}, ${room.membership}, ${events.map((event) => event.type).join(' ')}`)
    }
    room.timeline.push(id)
    known.add(id)
  }
}

export function takeSticky(sticky: Set<string>, events: readonly any[]): void {
  for (const event of events) if (event.msc4354_sticky !== undefined) sticky.add(event.event_id)
}

export function foldSubscriptions(subscriptions: Map<string, string>, told: any): void {
  for (const kind of ['subscribed', 'unsubscribed']) {
    for (const threads of Object.values<any>(told?.[kind] ?? {})) {
      for (const [root, { bump_stamp: stamp }] of Object.entries<any>(threads))
        subscriptions.set(root, `${kind} ${stamp}`)
    }
  }
}
