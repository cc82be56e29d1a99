/**
 * How words travel to citizens and back. A channel is one sender of one provider: a telephone number, a mailbox. It knows
 * addresses and no people; who may be written to, about what and when is decided above it, before `send` is called.
 */
import type { Route, Tx } from '#platform/api.ts'

export { mailAddress } from './mail/mail-address.ts'
export type { ChannelSettings } from './settings.ts'
export { phoneNumber } from './sms/phone-number.ts'

export type AddressKind = 'sms' | 'mail' | 'inbox'

/** Rising. A channel's `rating` is the highest that may travel on it. */
export type Sensitivity = 'public' | 'personal' | 'sensitive'

export type OutgoingFile = { readonly name: string; readonly type: string; readonly bytes: Buffer }

export type Outgoing = {
  readonly text: string
  readonly subject?: string
  readonly html?: string
  readonly attachments?: readonly OutgoingFile[]
}

export type SendWish = Outgoing & {
  /** Public id of the attempt: receipts carry it back, and it makes a mail's Message-ID. */
  readonly attempt: string
  /** As `normalise` gave it. */
  readonly to: string
  readonly threadOf?: { readonly inReplyTo: string; readonly references: readonly string[] }
  readonly unsubscribe?: { readonly url: string; readonly mailto?: string }
  readonly signal: AbortSignal
}

/**
 * - `stopped`: the provider says that she wants nothing more from this sender
 * - `unreachable`: her telephone is off, her mailbox full or gone
 * - `invalid`: no such address, or none that this channel can write to
 * - `rejected`: the content or the destination is refused
 * - `throttled`: too much at once, here or at the provider
 * - `provider`: the provider, or our account with it, is at fault
 */
export type SendFailure = 'stopped' | 'unreachable' | 'invalid' | 'rejected' | 'throttled' | 'provider'

export type SendOutcome =
  | { readonly state: 'accepted'; readonly reference: string }
  | {
      readonly state: 'failed'
      /** The same words to the same address will never go this way. */
      readonly isPermanent: boolean
      /** The provider's, or one word of ours. */
      readonly code: string
      readonly reason: SendFailure
      readonly retryAfterMs?: number
    }
  /** Nobody knows whether the provider took it. It must not be sent again before `lookUp` or a receipt tells. */
  | { readonly state: 'unknown' }

export type Fate =
  | {
      readonly state: 'accepted'
      readonly reference: string
      /** What the provider says of it since; its receipt may have come while nobody knew the reference. */
      readonly since?: Pick<Receipt, 'code' | 'reason' | 'state'>
    }
  | { readonly state: 'absent' | 'unknown' }

export type Measure = {
  /** What the provider counts and bills; 1 where it counts messages. */
  readonly parts: number
  readonly encoding: 'gsm7' | 'ucs2' | 'utf8'
  readonly isTooLong: boolean
  /** Millionths of the currency's unit; left out where nobody knows. */
  readonly costMicros?: number
}

export interface Channel {
  /** From the configuration; stands in the paths of its web hooks. */
  readonly id: string
  readonly kind: AddressKind
  /** What citizens see as the sender: a number, a mail address. */
  readonly sender: string
  readonly rating: Sensitivity
  /** Whether anybody can write in a citizen's name on it. */
  readonly isForgeable: boolean
  readonly limits: { readonly partsMax: number; readonly perSecond?: number }
  /** Keys of agency and queue that the configuration gave it. */
  readonly agency?: string
  readonly queue?: string
  /** Two letters; national numbers are read as of there. */
  readonly country: string
  /** The one spelling of an address, or undefined when it is none. */
  normalise(address: string, country: string): string | undefined
  measure(content: Outgoing): Measure
  /**
   * Hands over to the provider. Never throws, and never tries twice by itself. What the channel's rate or the provider's
   * need of rest forbids at the moment fails as `throttled` without a request.
   */
  send(wish: SendWish): Promise<SendOutcome>
  /**
   * What became of an attempt whose fate is unknown, begun at `sinceMs`. `taken` are references of other attempts, which
   * cannot be this one's. Left out where the provider cannot be asked.
   */
  lookUp?(wish: SendWish, sinceMs: number, taken?: ReadonlySet<string>): Promise<Fate>
  /**
   * Has the provider delete its copy of a message, whichever way it went. Never throws. @returns whether it is gone there. Left
   * out where a provider deletes nothing at our wish.
   */
  forget?(reference: string, signal: AbortSignal): Promise<boolean>
}

/** What an erased citizen leaves with channels and their providers. */
export type ForgetWish = {
  /** Normalised. */
  readonly addresses: readonly { readonly kind: AddressKind; readonly value: string }[]
  /** Messages that providers took. */
  readonly sent: readonly { readonly channelId: string; readonly reference: string }[]
}

export type InboundFile = { readonly name: string; readonly type: string; readonly bytes: Buffer }

export type InboundMessage = {
  /** Of the stored hook. The same again is the same message. */
  readonly id: number
  readonly channelId: string
  readonly kind: AddressKind
  /** Normalised where it can be; otherwise as the provider wrote it (a short code, say). */
  readonly from: string
  readonly to: string
  readonly text: string
  readonly subject?: string
  readonly receivedMs: number
  /** The provider took it for a command and has answered it itself. */
  readonly providerAnswered?: 'stop' | 'start' | 'help'
  /** The attempt that it answers, by a token of ours in it. */
  readonly answersAttempt?: string
  /** What an answer to it names, so that programs show both as one thread. */
  readonly threadOf?: NonNullable<SendWish['threadOf']>
  /** A machine answered by itself: an absence note, say. Nobody answers that. */
  readonly isAutomatic?: true
  readonly authenticity: 'proven' | 'forgeable' | 'forged'
  readonly files: readonly InboundFile[]
  /** Files that came and could not be had: too large, too many, or gone at the provider. */
  readonly filesMissing: number
}

export type Receipt = {
  readonly channelId: string
  /** At least one of the two is there. */
  readonly attempt?: string
  readonly reference?: string
  readonly state: 'sent' | 'delivered' | 'read' | 'failed'
  readonly code?: string
  readonly reason?: SendFailure
  readonly atMs: number
}

/** Who is told of what came in. Plugged in by server/. */
export interface Receiver {
  /** At least once for each; the same `id` again must change nothing. A throw means: try again later. */
  message(inbound: InboundMessage): Promise<void>
  /**
   * In no order, and each at least once.
   * @returns those of messages that are not known here yet: a look-up may be about to tell whose they are. They come again later.
   */
  receipts(receipts: readonly Receipt[]): Promise<readonly Receipt[]>
}

export interface Channels {
  all(): readonly Channel[]
  byId(id: string): Channel | undefined
  /**
   * The channel of a kind to use now: the first of the configuration that is ready and, where `agency` is given, is that
   * agency's or nobody's; when none is ready, the one that is soonest.
   */
  choose(kind: AddressKind, agency?: string): Channel | undefined
  /** Web hooks, and what administrators see. */
  readonly routes: readonly Route[]
  /**
   * Opens the channels' own doors (mail is brought to a port). @returns the ports by channel. Throws the error of the system
   * where one cannot be opened.
   */
  open(): Promise<ReadonlyMap<string, number>>
  /** Closes them: nothing more comes in there. */
  shut(): Promise<void>
  /** Hands over what came in, until the signal. */
  run(receiver: Receiver, signal: AbortSignal): Promise<void>
  /** Asks providers what they called about in vain. `run` begins with it. @returns how many hooks were new. */
  catchUp(signal: AbortSignal): Promise<number>
  /** Resolves when what was taken is stored. */
  drained(): Promise<void>
  /** What came from addresses is gone with the commit; providers are asked to delete what went both ways until they have. */
  forget(tx: Tx, wish: ForgetWish): Promise<void>
  /** Raw payloads that came before then are deleted, and their keys destroyed. */
  forgetBefore(ts: number): Promise<number>
}
