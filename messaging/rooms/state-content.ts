/** What the contents of some state events must look like before anybody builds on them. */
import { isAlias, type JsonObject } from '#matrix/api.ts'
import { limits, refuse } from '#platform/api.ts'
import type { Room } from './room.ts'

export interface AliasLookup {
  /** The internal id of the room that an alias of this server leads to. */
  resolve(alias: string): Promise<number | undefined>
}

export type StateContentDeps = { aliases: AliasLookup }

export type StateWish = { readonly type: string; readonly stateKey: string; readonly content: JsonObject }

/** Throws a `Refusal` in words. */
export async function checkStateContent(deps: StateContentDeps, room: Room, wish: StateWish): Promise<void> {
  if (wish.type === 'm.room.canonical_alias') await checkAliases(deps.aliases, room.id, wish.content)
  if (wish.type === 'm.room.encryption') checkEncryption(room, wish.content)
}

async function checkAliases(aliases: AliasLookup, roomId: number, content: JsonObject): Promise<void> {
  const { alias, alt_aliases: others } = content
  if (others !== undefined && !Array.isArray(others)) {
    throw refuse('M_BAD_JSON', 'alt_aliases must be a list of addresses of the room.')
  }
  const named = new Set([...(alias === undefined || alias === null ? [] : [alias]), ...(others ?? [])])
  // Each is looked up.
  if (named.size > limits.aliasesNamedMax) {
    throw refuse('M_INVALID_PARAM', `A room names at most ${limits.aliasesNamedMax} of its addresses. Name fewer.`)
  }
  for (const one of named) {
    if (!isAlias(one)) throw refuse('M_INVALID_PARAM', 'An address of a room looks like #name:server.')
    if ((await aliases.resolve(one)) !== roomId) {
      throw refuse('M_BAD_ALIAS', `${one} does not lead to this room. Give the room that address first.`)
    }
  }
}

/** Turning encryption off would let words through that people believe to be sealed. */
function checkEncryption(room: Room, content: JsonObject): void {
  const before = room.content('m.room.encryption')?.algorithm
  if (typeof before === 'string' && content.algorithm !== before) {
    throw refuse('M_FORBIDDEN', 'Encryption of a room cannot be turned off or weakened. Make a new room instead.')
  }
}
