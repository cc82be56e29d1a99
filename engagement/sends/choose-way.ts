import type { Sensitivity } from '#channels/api.ts'
import { limits } from '#platform/api.ts'
import type { AddressKind } from '../people/types.ts'
import { agoInWords } from './ago-in-words.ts'
import {
  type NoWay,
  type Refused,
  sensitivities,
  type Way,
  type WayAddress,
  type WayChannel,
  type WayFacts,
} from './ways.ts'

export const kindInWords: Readonly<Record<AddressKind, string>> = { sms: 'SMS', mail: 'e-mail', inbox: 'her inbox' }

/** Where words go; she writes `in` her inbox, and what she is told goes `into` it. */
export const goesInWords: Readonly<Record<AddressKind, string>> = {
  sms: 'by SMS',
  mail: 'by e-mail',
  inbox: 'into her inbox',
}

/** Where she prefers nothing: what most people read soonest. */
const usualOrder: readonly AddressKind[] = ['sms', 'mail', 'inbox']

type Candidate = { readonly address: WayAddress; readonly channel: WayChannel; readonly refused: Refused | undefined }

/**
 * Chooses by rule, always the same for the same facts:
 * the kind that the sender chose; else where she wrote lately; else what she prefers; else what is verified; else the
 * usual order. What is shut, or failed for these very words, is passed over. Words that are too sensitive for the way go
 * into her inbox, and a neutral notice goes that way.
 */
export function chooseWay(facts: WayFacts): Way | NoWay {
  const all = candidates(facts)
  const wished = facts.override === undefined ? all : all.filter(({ channel }) => channel.kind === facts.override)
  const open = wished.filter(({ refused }) => refused === undefined).sort(inOrderOf(facts))
  const best = open.find((one) => formFor(facts, one) !== undefined)
  if (best !== undefined) return wayOf(facts, best, reasonFor(facts, best, all))
  const nextBest = facts.override === undefined ? undefined : chooseWay({ ...facts, override: undefined })
  return noWay(facts, wished.sort(inOrderOf(facts)), open.length > 0, nextBest?.isOpen ? nextBest : undefined)
}

function candidates({ addresses, channels, failedAt }: WayFacts): Candidate[] {
  return addresses.flatMap((address) =>
    failedAt?.has(address.id)
      ? []
      : channels
          .filter((channel) => channel.kind === address.kind)
          .map((channel) => ({ address, channel, refused: address.shut ?? address.shutOn?.get(channel.id) })),
  )
}

const newestIn = ({ lastIn, nowMs }: WayFacts) =>
  lastIn !== undefined && nowMs - lastIn.atMs <= limits.answersLaterMsMax ? lastIn : undefined

/** Smaller is better, compared from the first number on. */
function rank(facts: WayFacts, { address, channel }: Candidate): number[] {
  const lastIn = newestIn(facts)
  const isLine = lastIn?.addressId === address.id
  const preferred = facts.order.indexOf(address.kind)
  return [
    isLine ? 0 : 1,
    preferred === -1 ? facts.order.length : preferred,
    address.isVerified ? 0 : 1,
    address.isShared || address.isReadByOthers ? 1 : 0,
    usualOrder.indexOf(address.kind),
    address.id,
    channel.isDown ? 1 : 0,
    isLine && lastIn?.channelId === channel.id ? 0 : 1,
  ]
}

function inOrderOf(facts: WayFacts): (a: Candidate, b: Candidate) => number {
  return (a, b) => {
    const [left, right] = [rank(facts, a), rank(facts, b)]
    const differs = left.findIndex((part, n) => part !== right[n])
    if (differs !== -1) return (left[differs] ?? 0) - (right[differs] ?? 0)
    return a.channel.id < b.channel.id ? -1 : 1
  }
}

const level = (sensitivity: Sensitivity) => sensitivities.indexOf(sensitivity)

/** Undefined where the words may not travel this way and have no inbox to wait in. */
function formFor({ sensitivity, hasInbox }: WayFacts, { address, channel }: Candidate): Way['form'] | undefined {
  const rating = address.isShared || address.isReadByOthers ? 'public' : channel.rating
  const carries = channel.kind === 'inbox' ? channel.rating : rating
  if (level(sensitivity) <= level(carries)) return 'words'
  return hasInbox && channel.kind !== 'inbox' ? 'notice' : undefined
}

function wayOf(facts: WayFacts, one: Candidate, reason: string): Way {
  const form = formFor(facts, one) ?? 'notice'
  const { address, channel } = one
  const kept = form === 'notice' ? ' The words wait in her inbox, and she gets a neutral line with a link.' : ''
  return {
    isOpen: true,
    addressId: address.id,
    channelId: channel.id,
    kind: channel.kind,
    form,
    reason: `${reason}${kept}`,
  }
}

function reasonFor(facts: WayFacts, { address, channel }: Candidate, all: readonly Candidate[]): string {
  const name = kindInWords[channel.kind]
  if (facts.override !== undefined) return `You chose ${name}.`
  const lastIn = newestIn(facts)
  if (lastIn?.addressId === address.id) {
    return `She wrote ${channel.kind === 'inbox' ? 'in' : 'by'} ${name} ${agoInWords(facts.nowMs - lastIn.atMs)}.`
  }
  const failed = failedKinds(facts)
  if (failed.length > 0) return `${listed(failed)} did not reach her.`
  const first = facts.order[0]
  if (first === channel.kind) return `She asked for ${name} first.`
  if (first !== undefined && facts.order.includes(channel.kind)) {
    const shut = all.find((one) => one.channel.kind === first)?.refused
    const why = shut === undefined ? `there is no ${kindInWords[first]} to reach her by` : 'that is closed'
    return `She asked for ${kindInWords[first]} first, but ${why}; then for ${name}.`
  }
  if (new Set(all.map((one) => one.address.id)).size === 1) return 'It is the only address that we have of her.'
  const shut = all.find((one) => one.refused !== undefined && one.channel.kind !== channel.kind)
  if (shut !== undefined) return `${capital(kindInWords[shut.channel.kind])} is closed.`
  if (address.isVerified) return `This is an address that she has confirmed.`
  return `${capital(name)} is what people read soonest.`
}

function failedKinds({ addresses, failedAt }: WayFacts): string[] {
  const kinds = addresses.filter(({ id }) => failedAt?.has(id)).map(({ kind }) => kindInWords[kind])
  return [...new Set(kinds)]
}

function noWay(facts: WayFacts, wished: readonly Candidate[], isTooSensitive: boolean, nextBest?: Way): NoWay {
  const instead = nextBest === undefined ? '' : ` It can go ${goesInWords[nextBest.kind]}.`
  const no = (code: NoWay['code'], message: string): NoWay => ({
    isOpen: false,
    code,
    message: `${message}${instead}`,
    ...(nextBest === undefined ? {} : { nextBest }),
  })
  if (isTooSensitive) {
    return no(
      'too-sensitive',
      'This is too sensitive for the channel, and there is no inbox in which it could wait until she proves who she is.',
    )
  }
  const refused = wished.find((one) => one.refused !== undefined)?.refused
  if (refused !== undefined) return no(refused.code, refused.message)
  const kind = facts.override
  const hasAddress = facts.addresses.some((one) => kind === undefined || one.kind === kind)
  const failed = failedKinds(facts)
  if (failed.length > 0) return no('no-address', `${listed(failed)} did not reach her, and there is no other address.`)
  if (hasAddress) {
    const what = kind === undefined ? 'her addresses' : kindInWords[kind]
    return no('no-channel', `No channel for ${what} is set up here. Ask whoever looks after this server.`)
  }
  if (kind === undefined) return no('no-address', 'There is no address of her. Add one to her record.')
  return no('no-address', `There is no address of her for ${kindInWords[kind]}.`)
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const listed = (names: readonly string[]) => capital(names.join(' and '))
