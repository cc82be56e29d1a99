import { isServerName } from './server-name.ts'

/**
 * Identifiers. Parsers answer undefined for what breaks the grammar and never throw.
 * https://spec.matrix.org/v1.19/appendices/#identifier-grammar
 */
export type LocalAndServer = { readonly localpart: string; readonly serverName: string }

/** Every identifier with a sigil, in UTF-8, sigil and server name included. */
export const idBytesMax = 255

const currentLocalpart = /^[a-z0-9._=/+-]+$/
const printable = /^[\x21-\x7e]+$/
const hashId = /^[A-Za-z0-9_-]{43}$/
const standardHashId = /^[A-Za-z0-9+/]{43}$/
const opaque = /^[0-9A-Za-z._~-]{1,255}$/
const namespaced = /^[a-z][a-z0-9._-]{0,254}$/
const keyId = /^[a-z0-9_]+:[A-Za-z0-9_]+$/

/**
 * Splits `@localpart:server`. Historical ids are taken as well: any code points except `:` and U+0000, also none
 * at all, because rooms hold events by such people. `isCurrentUserId` asks for today's grammar.
 */
export function parseUserId(text: string): LocalAndServer | undefined {
  return parseSigil(text, '@')
}

export function isUserId(text: unknown): text is string {
  return typeof text === 'string' && parseUserId(text) !== undefined
}

/** Today's grammar: `a-z`, `0-9` and `._=-/+`, at least one. */
export function isCurrentUserId(text: string): boolean {
  const parsed = parseUserId(text)
  return parsed !== undefined && currentLocalpart.test(parsed.localpart)
}

/** False for ids that servers keep from clients outside of events: an empty localpart, or one beyond U+0021 to U+007E. */
export function isCompliantUserId(text: string): boolean {
  const parsed = parseUserId(text)
  return parsed !== undefined && printable.test(parsed.localpart)
}

/** Builds an id; undefined when the parts make none. */
export function buildUserId(localpart: string, serverName: string): string | undefined {
  const text = `@${localpart}:${serverName}`
  return isCurrentUserId(text) ? text : undefined
}

/** Why nobody can register under this name, in a sentence; undefined when it is fine. */
export function newUserLocalpartProblem(localpart: string, serverName = ''): string | undefined {
  if (localpart === '') return 'Choose a user name: it cannot be empty.'
  if (/[A-Z]/.test(localpart)) return 'User names are written in small letters. Choose one without capitals.'
  if (!currentLocalpart.test(localpart)) {
    return 'User names may hold the letters a to z, digits and the signs . _ = - / +. Choose one of these only.'
  }
  if (localpart.startsWith('_')) return 'Names that begin with _ are kept for services. Choose another first character.'
  const bytesMax = idBytesMax - 2 - Buffer.byteLength(serverName)
  if (localpart.length > bytesMax) return `This user name is too long. Choose one of at most ${bytesMax} characters.`
  return undefined
}

/** A room id with its server (`!x:server`) or, from version 12 on, the bare hash of the create event. */
export function parseRoomId(text: string): { readonly localpart: string; readonly serverName?: string } | undefined {
  if (hashId.test(text.slice(1)) && text.startsWith('!')) return { localpart: text.slice(1) }
  return parseSigil(text, '!')
}

export function isRoomId(text: unknown): text is string {
  return typeof text === 'string' && parseRoomId(text) !== undefined
}

export function buildRoomId(localpart: string, serverName: string): string | undefined {
  const text = `!${localpart}:${serverName}`
  return localpart !== '' && isRoomId(text) ? text : undefined
}

/** The event id that a version 12 room id stands for, or undefined for ids with a server name. */
export function createEventIdOfRoom(roomId: string): string | undefined {
  return roomId.startsWith('!') && hashId.test(roomId.slice(1)) ? `$${roomId.slice(1)}` : undefined
}

export function parseAlias(text: string): LocalAndServer | undefined {
  return parseSigil(text, '#')
}

export function isAlias(text: unknown): text is string {
  return typeof text === 'string' && parseAlias(text) !== undefined
}

export function buildAlias(localpart: string, serverName: string): string | undefined {
  const text = `#${localpart}:${serverName}`
  return localpart !== '' && isAlias(text) ? text : undefined
}

/** An event id of any room version. */
export function isEventId(text: unknown): text is string {
  if (typeof text !== 'string' || !text.startsWith('$')) return false
  const rest = text.slice(1)
  return hashId.test(rest) || standardHashId.test(rest) || parseSigil(text, '$') !== undefined
}

/** The event ids of one room version. */
export function isEventIdOf(text: unknown, version: { eventIds: 'in-event' | 'base64' | 'base64url' }): boolean {
  if (typeof text !== 'string' || !text.startsWith('$')) return false
  if (version.eventIds === 'in-event') return parseSigil(text, '$') !== undefined
  return (version.eventIds === 'base64' ? standardHashId : hashId).test(text.slice(1))
}

/** Devices may be named anything that fits: clients choose, and some choose badly. U+0000 is refused. */
export function isDeviceId(text: unknown): text is string {
  if (typeof text !== 'string' || text === '' || text.includes('\u0000') || !text.isWellFormed()) return false
  return Buffer.byteLength(text) <= idBytesMax
}

/** `algorithm:identifier` of server keys, for example `ed25519:a1`. */
export function isKeyId(text: unknown): text is string {
  return typeof text === 'string' && text.length <= idBytesMax && keyId.test(text)
}

/** Identifiers without meaning, such as transaction and session ids: unreserved URI characters, 1 to 255. */
export function isOpaqueId(text: unknown): text is string {
  return typeof text === 'string' && opaque.test(text)
}

/** The common grammar of types and namespaces (`m.login.password`, `org.example.thing`). */
export function isNamespacedId(text: unknown): text is string {
  return typeof text === 'string' && namespaced.test(text)
}

/** The server of any identifier that carries one. */
export function serverOf(id: string): string | undefined {
  const colon = id.indexOf(':')
  return colon === -1 ? undefined : id.slice(colon + 1)
}

function parseSigil(text: string, sigil: string): LocalAndServer | undefined {
  if (!text.startsWith(sigil) || !fits(text)) return undefined
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  const localpart = text.slice(1, colon)
  const serverName = text.slice(colon + 1)
  if (localpart.includes('\u0000') || !localpart.isWellFormed() || !isServerName(serverName)) return undefined
  return { localpart, serverName }
}

/** A UTF-16 unit takes at most three bytes, so most ids need no counting. */
function fits(text: string): boolean {
  if (text.length > idBytesMax) return false
  return text.length * 3 <= idBytesMax || Buffer.byteLength(text) <= idBytesMax
}
