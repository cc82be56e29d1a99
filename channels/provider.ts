/** What an adapter is made of: the channel that speaks, and, where the provider calls us, how it is understood. */
import type { Clock, Outbound } from '#platform/api.ts'
import type { AddressKind, Channel, InboundMessage, Receipt } from './api.ts'
import type { Settings } from './settings.ts'

export type HookPath = 'inbound' | 'status'

export type HookRequest = {
  readonly path: HookPath
  /** Where the provider meant to call: the public URL with path and query as they came. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** A hook that is genuine, not yet understood any further. */
export type TakenHook = {
  readonly what: 'message' | 'receipts'
  /** What makes it one: the same text again is the same hook. */
  readonly identity: string
  /** Who wrote, for messages: one sender's come one after another and are bounded. */
  readonly sender?: string
  /** Goes before what the same sender wrote earlier, and past her bounds. */
  readonly isUrgent?: boolean
  /** Kept sealed, and given back to be understood. */
  readonly payload: Buffer
}

/**
 * - `forged`: not signed by the provider, or not for this channel
 * - `stale`: signed, and so old that nobody sends it any more
 * - `malformed`: signed, and not what the provider's documentation says
 */
export type HookRefusal = 'forged' | 'stale' | 'malformed'

/** `attempt` is 1 at the first try. */
export type HandOver = { readonly signal: AbortSignal; readonly attempt: number }

type FromHook = 'id' | 'channelId' | 'kind' | 'receivedMs'

export interface HookReader {
  read(request: HookRequest): TakenHook | HookRefusal
  message(payload: Buffer, how: HandOver): Promise<Omit<InboundMessage, FromHook>>
  receipts(payload: Buffer, receivedMs: number): readonly Receipt[]
  /** What the provider is answered with. */
  readonly answer: { readonly type: string; readonly text: string }
}

export interface Provider {
  readonly channel: Channel
  readonly hooks?: HookReader
}

export type ProviderDeps = {
  readonly outbound: Outbound
  readonly clock: Clock
  /** An origin: what providers call begins with it. */
  readonly publicUrl: string
}

/** What every entry of the configuration says, whatever its kind. */
export type ChannelPlace = {
  readonly id: string
  readonly country: string
  readonly agency: string | undefined
  readonly queue: string | undefined
}

/** A kind of channel that the configuration can name. */
export interface ProviderKind {
  readonly kind: AddressKind
  /** Takes what it knows from the settings; what is left over is refused by the caller. Makes nothing yet. */
  read(settings: Settings, place: ChannelPlace): (deps: ProviderDeps) => Provider
  /** Origins that it asks: they pass the outbound guard, private ones too. */
  origins(settings: Settings): readonly string[]
}
