import { type AddressKind, mailAddress, phoneNumber } from '#channels/api.ts'

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
  return mailAddress(text)
}
