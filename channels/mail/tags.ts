/**
 * Tags in our own addresses (RFC 5233): `desk+b…@` gets the bounces of one attempt, `desk+r…@` the answers to it. Mail servers
 * are free to change the case of letters and allow 64 bytes before the @, so the random bytes of the attempt's id stand in
 * base 32 (RFC 4648 §6), 29 characters.
 */
import type { Mailbox } from './mail-address.ts'

export type Tag = { readonly use: 'bounce' | 'reply'; readonly attempt: string }

const letters = { bounce: 'b', reply: 'r' } as const
/** `a` and 18 bytes in base64url. */
const attemptShape = /^a[\w-]{24}$/
const tagShape = /^([br])([a-z2-7]{29})$/
/** How long the name of a mailbox may be, so that there is room for a tag. */
export const mailboxLocalMax = 64 - '+b'.length - 29

export function taggedAddress(box: Mailbox, { use, attempt }: Tag): string {
  if (!attemptShape.test(attempt)) throw new Error('an attempt without an id of ours')
  return `${box.local}+${letters[use]}${base32(Buffer.from(attempt.slice(1), 'base64url'))}@${box.domain}`
}

/** Undefined when the address is not the mailbox' own. `tag` is left out where it has none of ours. */
export function ownAddress(box: Mailbox, address: string): { tag?: Tag } | undefined {
  const given = address.toLowerCase()
  if (given === box.address) return {}
  const [head, tail] = [`${box.local}+`, `@${box.domain}`]
  if (!given.startsWith(head) || !given.endsWith(tail)) return undefined
  const [, letter, text] = tagShape.exec(given.slice(head.length, -tail.length)) ?? []
  if (text === undefined) return {}
  const attempt = `a${bytesOf(text).toString('base64url')}`
  return { tag: { use: letter === 'b' ? 'bounce' : 'reply', attempt } }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

function base32(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`) << 1n
  let text = ''
  for (let n = 0; n < 29; n += 1) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

function bytesOf(text: string): Buffer {
  let value = 0n
  for (const letter of text) value = (value << 5n) | BigInt(alphabet.indexOf(letter))
  return Buffer.from((value >> 1n).toString(16).padStart(36, '0').slice(-36), 'hex')
}

/** The Message-ID of an attempt, and the attempt of a Message-ID of ours. */
export const messageIdOf = (box: Mailbox, attempt: string) => `<${attempt}@${box.domain}>`

export function attemptOfIds(box: Mailbox, ids: readonly string[]): string | undefined {
  for (const id of ids.toReversed()) {
    const [, attempt, domain] = /^<(a[\w-]{24})@([^>]+)>$/.exec(id.trim()) ?? []
    if (attempt !== undefined && domain?.toLowerCase() === box.domain) return attempt
  }
  return undefined
}
