/**
 * Tags in our own addresses (RFC 5233): `desk+b…@` gets the bounces of one attempt, `desk+r…@` the answers to it. The
 * attempt stands in hexadecimal digits, because mail servers are free to change the case of letters.
 */
import type { Mailbox } from './mail-address.ts'

export type Tag = { readonly use: 'bounce' | 'reply'; readonly attempt: string }

const letters = { bounce: 'b', reply: 'r' } as const
const attemptShape = /^[\w-]{1,24}$/

export function taggedAddress(box: Mailbox, { use, attempt }: Tag): string {
  return `${box.local}+${letters[use]}${Buffer.from(attempt).toString('hex')}@${box.domain}`
}

/** Undefined when the address is not the mailbox' own. `tag` is left out where it has none of ours. */
export function ownAddress(box: Mailbox, address: string): { tag?: Tag } | undefined {
  const given = address.toLowerCase()
  if (given === box.address) return {}
  const [head, tail] = [`${box.local}+`, `@${box.domain}`]
  if (!given.startsWith(head) || !given.endsWith(tail)) return undefined
  const [, letter, hex] = /^([br])((?:[0-9a-f]{2})+)$/.exec(given.slice(head.length, -tail.length)) ?? []
  const attempt = hex === undefined ? '' : Buffer.from(hex, 'hex').toString()
  if (!attemptShape.test(attempt)) return {}
  return { tag: { use: letter === 'b' ? 'bounce' : 'reply', attempt } }
}

/** The Message-ID of an attempt, and the attempt of a Message-ID of ours. */
export const messageIdOf = (box: Mailbox, attempt: string) => `<${attempt}@${box.domain}>`

export function attemptOfIds(box: Mailbox, ids: readonly string[]): string | undefined {
  for (const id of ids.toReversed()) {
    const [, attempt, domain] = /^<([\w-]{1,24})@([^>]+)>$/.exec(id.trim()) ?? []
    if (attempt !== undefined && domain?.toLowerCase() === box.domain) return attempt
  }
  return undefined
}
