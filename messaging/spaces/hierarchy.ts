import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { limits, Recent, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import { fullSummary, type Previews } from './previews.ts'
import { childrenOf } from './space-children.ts'

type Deps = { previews: Pick<Previews, 'open' | 'find'> }

export type HierarchyWish = {
  readonly suggestedOnly: boolean
  readonly maxDepth: number
  readonly limit: number
  readonly from: string | undefined
}

type Place = { readonly roomId: string; readonly depth: number }

/** Where a walk stands: what is left, the next one last, and what was met already. */
type Walk = { readonly left: Place[]; readonly seen: Set<string> }

const token = /^h(\d{1,6})_(\d{1,3})_([01])$/

/**
 * The tree of a space, depth first, each room once. A page begins where the one before ended: its token says how many rooms were
 * told, and where the walk stood is kept in memory for a while. A node that does not know walks there from the top, so that any
 * node goes on; rooms that were added or taken away meanwhile shift the rest then.
 */
export class Hierarchy {
  readonly #deps: Deps
  readonly #walks = new Recent<string, Walk>(limits.hierarchyPlacesInMemoryMax, {
    weigh: ({ left, seen }) => left.length + seen.size,
  })

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async page(subject: Subject, root: string, wish: HierarchyWish): Promise<JsonObject> {
    const told = placeOf(wish)
    const first = await this.#deps.previews.open(subject, root)
    const nameOf = (count: number) => JSON.stringify([subject.userId, first.matrixId, tokenOf(count, wish)])
    const kept = this.#walks.get(nameOf(told))
    const walk = kept === undefined ? await this.#begun(subject, first, wish, told) : copyOf(kept)
    const rooms: JsonObject[] = []
    while (rooms.length < wish.limit) {
      const room = await this.#next(subject, walk, wish)
      if (room === undefined) return { rooms }
      rooms.push(presentIn(room, wish))
    }
    const place = copyOf(walk)
    if ((await this.#next(subject, walk, wish)) === undefined) return { rooms }
    const count = told + rooms.length
    this.#walks.set(nameOf(count), place)
    return { rooms, next_batch: tokenOf(count, wish) }
  }

  async #begun(subject: Subject, root: Room, wish: HierarchyWish, told: number): Promise<Walk> {
    const walk: Walk = { left: [{ roomId: root.matrixId, depth: 0 }], seen: new Set() }
    for (let count = 0; count < told; count += 1) await this.#next(subject, walk, wish)
    return walk
  }

  /** The next room that the person may look at. */
  async #next(subject: Subject, { left, seen }: Walk, wish: HierarchyWish): Promise<Room | undefined> {
    for (let place = left.pop(); place !== undefined; place = left.pop()) {
      if (seen.has(place.roomId)) continue
      if (seen.size >= limits.hierarchyRoomsMax) return undefined
      seen.add(place.roomId)
      const room = await this.#deps.previews.find(subject, place.roomId)
      if (room === undefined) continue
      left.push(...placesBelow(room, place.depth, wish).filter((below) => !seen.has(below.roomId)))
      return room
    }
    return undefined
  }
}

function copyOf({ left, seen }: Walk): Walk {
  return { left: [...left], seen: new Set(seen) }
}

/** Last first, because the next one is taken from the end. */
function placesBelow(room: Room, depth: number, { maxDepth, suggestedOnly }: HierarchyWish): Place[] {
  if (depth >= maxDepth) return []
  const children = childrenOf(room).filter((child) => child.suggested || !suggestedOnly)
  return children.map(({ roomId }) => ({ roomId, depth: depth + 1 })).reverse()
}

function presentIn(room: Room, { suggestedOnly }: HierarchyWish): JsonObject {
  const children = childrenOf(room).filter((child) => child.suggested || !suggestedOnly)
  return { ...fullSummary(room), children_state: children.map((child) => child.event) }
}

function placeOf({ from, maxDepth, suggestedOnly }: HierarchyWish): number {
  if (from === undefined) return 0
  const [, told, depth, suggested] = token.exec(from) ?? []
  if (told === undefined) {
    throw refuse('M_INVALID_PARAM', 'The place to go on from is not one that this server gave. Load the first page.')
  }
  if (Number(depth) !== maxDepth || suggested !== (suggestedOnly ? '1' : '0')) {
    throw refuse('M_INVALID_PARAM', 'suggested_only and max_depth stay the same from page to page.')
  }
  return Number(told)
}

function tokenOf(told: number, { maxDepth, suggestedOnly }: HierarchyWish): string {
  return `h${told}_${maxDepth}_${suggestedOnly ? '1' : '0'}`
}
