import { type AddressKind, phoneNumber } from '#channels/api.ts'

/** RFC 5321 allows 254 in a path. */
const mailLengthMax = 254
const mailPattern =
  /^[^\s@<>(),:;"[\]\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u
const inboxPattern = /^p[\w-]{10,40}$/

/**
 * The one spelling of an address, or undefined when it is none.
 * - A telephone number in E.164; `country` tells how national spellings are read.
 * - A mail address in lower case, its domain as Punycode: nobody runs mailboxes that differ by case alone, and many people are
 *   not sure how they wrote theirs. Characters that only look alike stay different.
 * - An inbox is named by the public id of the person.
 */
export function normaliseAddress(kind: AddressKind, text: string, country: string): string | undefined {
  if (kind === 'sms') return phoneNumber(text, country)
  if (kind === 'inbox') return inboxPattern.test(text) ? text : undefined
  const folded = text.trim().normalize('NFKC').toLowerCase()
  if (folded.length > mailLengthMax || !mailPattern.test(folded)) return undefined
  const at = folded.lastIndexOf('@')
  const domain = punycode(folded.slice(at + 1))
  return domain === undefined ? undefined : `${folded.slice(0, at)}@${domain}`
}

function punycode(domain: string): string | undefined {
  const host = URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : ''
  // Digits alone would be read as an address of the internet.
  return host === '' || /^[\d.]+$/.test(host) ? undefined : host
}
