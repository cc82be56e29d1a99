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

export class FoldedRoom {
  membership = 'join'
  timeline: string[] = []
  state = new Map<string, string>()
  receipts = new Map<string, string>()
  accountData = new Map<string, string>()
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
): Promise<string[]> {
  const found: string[] = []
  let token = from
  while (token !== undefined) {
    const query = { dir: 'b', limit: '7', from: token, ...(filter && { filter: JSON.stringify(filter) }) }
    const answer = await who.call('GET', `${roomPath(room)}/messages?${new URLSearchParams(query)}`)
    // Whoever was removed meanwhile cannot read on.
    if (answer.status !== 200) return found.reverse()
    for (const event of answer.json.chunk as Event[]) {
      if (known.has(event.event_id)) return found.reverse()
      found.push(event.event_id)
    }
    token = answer.json.end
  }
  return found.reverse()
}

export function addTo(room: FoldedRoom, before: readonly string[], events: readonly Event[], faults: string[]): void {
  const known = new Set(room.timeline)
  for (const id of [...before, ...events.map((event) => event.event_id)]) {
    if (known.has(id)) faults.push(`${id} came twice`)
    room.timeline.push(id)
    known.add(id)
  }
}
