import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { limits, refuse } from '#platform/api.ts'
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

const token = /^h(\d{1,6})_(\d{1,3})_([01])$/

/**
 * The tree of a space, depth first, each room once. A page begins where the one before ended: its token says how many
 * rooms were told, so that any node goes on, and rooms that were added or taken away meanwhile shift the rest.
 */
export class Hierarchy {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async page(subject: Subject, root: string, wish: HierarchyWish): Promise<JsonObject> {
    const told = placeOf(wish)
    const { previews } = this.#deps
    const first = await previews.open(subject, root)
    const rooms: JsonObject[] = []
    let count = 0
    for await (const room of this.#walk(subject, first, wish)) {
      count += 1
      if (count <= told) continue
      if (rooms.length === wish.limit) return { rooms, next_batch: tokenOf(count - 1, wish) }
      rooms.push(presentIn(room, wish))
    }
    return { rooms }
  }

  async *#walk(subject: Subject, root: Room, wish: HierarchyWish): AsyncGenerator<Room> {
    const seen = new Set([root.matrixId])
    yield root
    const left = placesBelow(root, 0, wish)
    for (let looked = 0; looked < limits.hierarchyRoomsMax; looked += 1) {
      const place = left.pop()
      if (place === undefined) return
      if (seen.has(place.roomId)) continue
      seen.add(place.roomId)
      const room = await this.#deps.previews.find(subject, place.roomId)
      if (room === undefined) continue
      yield room
      left.push(...placesBelow(room, place.depth, wish))
    }
  }
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
