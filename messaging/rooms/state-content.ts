/** What the contents of some state events must look like before anybody builds on them. */
import type { User, Users } from '#identity/api.ts'
import { isAlias, isUserId, type JsonObject } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import type { Room } from './room.ts'

export interface AliasLookup {
  /** The internal id of the room that an alias of this server leads to. */
  resolve(alias: string): Promise<number | undefined>
}

export type StateContentDeps = { users: Users; aliases: AliasLookup }

export type StateWish = { readonly type: string; readonly stateKey: string; readonly content: JsonObject }

const memberships = new Set(['join', 'invite', 'leave', 'ban', 'knock'])

/** Throws a `Refusal` in words. Answers the person whose membership it is, for member events. */
export async function checkStateContent(
  deps: StateContentDeps,
  room: Room,
  wish: StateWish,
): Promise<User | undefined> {
  if (wish.type === 'm.room.member') return memberTarget(deps.users, wish)
  if (wish.type === 'm.room.canonical_alias') await checkAliases(deps.aliases, room.id, wish.content)
  if (wish.type === 'm.room.encryption') checkEncryption(room, wish.content)
  return undefined
}

async function memberTarget(users: Users, wish: StateWish): Promise<User> {
  if (!memberships.has(String(wish.content.membership))) {
    throw refuse('M_BAD_JSON', 'membership must be join, invite, leave, ban or knock.')
  }
  const user = isUserId(wish.stateKey) ? await users.byMatrixId(wish.stateKey) : undefined
  if (user === undefined) throw refuse('M_NOT_FOUND', `There is no account ${wish.stateKey} here. Check the spelling.`)
  return user
}

async function checkAliases(aliases: AliasLookup, roomId: number, content: JsonObject): Promise<void> {
  const { alias, alt_aliases: others } = content
  if (others !== undefined && !Array.isArray(others)) {
    throw refuse('M_BAD_JSON', 'alt_aliases must be a list of addresses of the room.')
  }
  const named = [...(alias === undefined || alias === null ? [] : [alias]), ...(Array.isArray(others) ? others : [])]
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
