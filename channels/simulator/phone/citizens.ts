/** Who is out there and whom they can write to, as the page of telephones shows it. */
import { refuse } from '#platform/api.ts'
import type { AddressKind } from '../../api.ts'
import { phoneNumber } from '../../sms/phone-number.ts'
import type { SimulatedMail } from '../mail/simulated-mail.ts'
import type { SimulatedTwilio } from '../twilio/simulated-twilio.ts'
import type { Citizen, Line, World } from '../world.ts'

type Outside = { readonly world: World; readonly twilio: SimulatedTwilio; readonly mail: SimulatedMail }

/** A number or mailbox of an agency. */
export type Contact = { readonly kind: AddressKind; readonly address: string; readonly name: string }

export type Wish = { readonly to: string; readonly subject: string; readonly text: string }

/** Nobody looks at more of them at once. */
const strangersMax = 200
const linesMax = 200

export const kindOf = (address: string): AddressKind => (address.includes('@') ? 'mail' : 'sms')

export class Citizens {
  readonly #outside: Outside

  constructor(outside: Outside) {
    this.#outside = outside
  }

  /** Those who were introduced, and then everybody else with whom something passed. */
  all(): Citizen[] {
    const { world } = this.#outside
    const known = [...world.citizens()]
    const theirs = new Set(known.flatMap(({ addresses }) => addresses))
    const strangers: Citizen[] = []
    for (const address of world.talking()) {
      if (strangers.length === strangersMax) break
      if (!theirs.has(address)) strangers.push({ name: address, addresses: [address] })
    }
    return [...known, ...strangers]
  }

  /** By any of her addresses, in any spelling; a number that nobody has had so far is somebody new. */
  find(typed: string): Citizen | undefined {
    const text = typed.trim()
    const address = /^[^\s@]+@[^\s@]+$/.test(text) ? text.toLowerCase() : phoneNumber(text, 'US')
    if (address === undefined) return undefined
    for (const one of this.#outside.world.citizens()) if (one.addresses.includes(address)) return one
    return { name: address, addresses: [address] }
  }

  /** The newest ones, in order. */
  linesOf({ addresses }: Citizen): Line[] {
    const { world } = this.#outside
    const lines = addresses.flatMap((address) => world.linesOf(address).slice(-linesMax))
    return lines.sort((one, other) => one.n - other.n).slice(-linesMax)
  }

  contacts(): Contact[] {
    const { twilio, mail } = this.#outside
    const numbers = [...twilio.numbers()].map(({ number, name }) => ({ kind: 'sms' as const, address: number, name }))
    const boxes = [...mail.mailboxes()].map(({ address, name }) => ({ kind: 'mail' as const, address, name }))
    return [...numbers, ...boxes].map(({ name, ...one }) => ({ ...one, name: name ?? one.address }))
  }

  /** What a line stands under in her contacts. */
  nameOf(address: string): string {
    const plain = address.replace(/\+[^@]*@/, '@')
    return this.contacts().find((one) => one.address === plain)?.name ?? address
  }

  /** She writes. A mail without a subject answers the newest one from there. */
  async say(citizen: Citizen, { to, subject, text }: Wish): Promise<void> {
    const { twilio, mail } = this.#outside
    const kind = kindOf(to)
    const from = citizen.addresses.find((address) => kindOf(address) === kind)
    if (from === undefined) {
      throw refuse('M_INVALID_PARAM', `${citizen.name} has no ${kind === 'mail' ? 'mail address' : 'telephone'}.`)
    }
    if (text.trim() === '') throw refuse('M_INVALID_PARAM', 'Nothing is written. Write something first.')
    if (kind === 'sms') {
      await twilio.say(from, to, text)
      return
    }
    const answered = subject === '' ? this.#newestMail(citizen, to) : undefined
    const about = answered?.subject === undefined ? subject : `Re: ${answered.subject.replace(/^(re: )+/i, '')}`
    await mail.say({ from, to, text, subject: about, inReplyTo: answered?.id })
  }

  #newestMail(citizen: Citizen, mailbox: string): Line | undefined {
    return this.linesOf(citizen).findLast(
      (line) => line.what === 'received' && line.kind === 'mail' && line.from.replace(/\+[^@]*@/, '@') === mailbox,
    )
  }
}
