import { domainToASCII } from 'node:url'

const shape = /^([^\s@<>()[\]\\,;:"]{1,64})@([^\s@<>()[\]\\,;:"]{1,253})$/u
/** Controls and characters that nobody sees: two addresses must not look alike by them. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * The one spelling of a mail address: small letters, composed characters, the domain in ASCII (RFC 5891). Undefined when
 * it is none that can be written to.
 */
export function mailAddress(text: string): string | undefined {
  const composed = text.trim().normalize('NFC')
  const parts = composed.length <= 320 && !unseen.test(composed) ? shape.exec(composed) : null
  if (parts === null) return undefined
  const [, local = '', domain = ''] = parts
  const ascii = domainToASCII(domain.toLowerCase())
  // Digits alone would be an address of the internet.
  if (
    ascii === '' ||
    !ascii.includes('.') ||
    /^[\d.]+$/.test(ascii) ||
    local.startsWith('.') ||
    local.endsWith('.') ||
    local.includes('..')
  ) {
    return undefined
  }
  const address = `${local.toLowerCase()}@${ascii}`
  return address.length <= 254 ? address : undefined
}

/** `Name <local@domain>` or an address alone, as configured. */
export type Mailbox = {
  readonly name: string
  readonly address: string
  readonly local: string
  readonly domain: string
}

export function mailbox(text: string): Mailbox | undefined {
  const named = /^\s*(?:"?([^"<>]*?)"?\s*)<([^<>]+)>\s*$/u.exec(text)
  const address = mailAddress(named?.[2] ?? text)
  if (address === undefined) return undefined
  const at = address.lastIndexOf('@')
  return { name: named?.[1] ?? '', address, local: address.slice(0, at), domain: address.slice(at + 1) }
}
