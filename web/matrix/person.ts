import type { MatrixClient, Room } from 'matrix-js-sdk'

/** How a person is shown wherever she appears. `house` is set for people of another house (a federated server). */
export type Person = {
  id: string
  name: string
  initials: string
  /** 1 to 6: the ground under the initials, the same for a person everywhere. */
  tone: number
  avatar?: string
  house?: string
}

export const domainOf = (id: string): string => id.slice(id.indexOf(':') + 1)
export const localpartOf = (userId: string): string => userId.slice(1).split(':')[0] ?? userId

/** First letters of the first and the last word; letters, not code units, so that no name is cut in half. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/^[@#!]/, '')
    .split(/[\s._-]+/u)
    .filter((word) => /^\p{L}|^\p{N}/u.test(word))
  const first = words[0] ? [...words[0]][0] : undefined
  const last = words.length > 1 ? [...(words.at(-1) ?? '')][0] : undefined
  return `${first ?? '?'}${last ?? ''}`.toLocaleUpperCase()
}

export function toneOf(id: string): number {
  // FNV-1a: names that differ in one letter land far apart.
  let hash = 0x811c9dc5
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return ((hash >>> 0) % 6) + 1
}

export function makePerson(
  id: string,
  name: string | undefined,
  avatar: string | undefined,
  ownDomain: string,
): Person {
  const shown = name?.trim() || localpartOf(id)
  const person: Person = { id, name: shown, initials: initialsOf(shown), tone: toneOf(id) }
  if (avatar?.startsWith('mxc://')) person.avatar = avatar
  const domain = domainOf(id)
  if (domain !== ownDomain) person.house = domain
  return person
}

/** A person as one room knows her, or as the client does when she was never in it. */
export function personIn(client: MatrixClient, room: Room | null | undefined, userId: string): Person {
  const member = room?.getMember(userId)
  const user = client.getUser(userId)
  // A room disambiguates equal names with the id; raw names are what a reader knows, ids follow where they differ.
  const name = member?.name ?? user?.displayName
  const avatar = member?.getMxcAvatarUrl() ?? user?.avatarUrl
  return makePerson(userId, name, avatar, client.getDomain() ?? '')
}
