/** What an adapter is made of: the channel that speaks, and, where the provider calls us, how it is understood. */
import type { Clock, Outbound, Smtp } from '#platform/api.ts'
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

/**
 * - `taken`: stored, and handed over as soon as may be
 * - `duplicate`: stored lately; providers send again when an answer was lost
 * - `replayed`: stored long ago, when no provider sends it again
 * - `flooded`: its sender has written more than is kept waiting for one sender; nothing was stored
 */
export type Intake = 'taken' | 'duplicate' | 'replayed' | 'flooded'

/** `attempt` is 1 at the first try. */
export type HandOver = { readonly signal: AbortSignal; readonly attempt: number }

type FromHook = 'id' | 'channelId' | 'kind' | 'receivedMs'

/** Understands what was stored. */
export interface InboundReader {
  message(payload: Buffer, how: HandOver): Promise<Omit<InboundMessage, FromHook>>
  receipts(payload: Buffer, receivedMs: number): readonly Receipt[]
  /** The provider's name for a message that came, by which it can be deleted there. */
  reference?(payload: Buffer): string | undefined
}

/** Where the provider calls us. */
export interface HookReader {
  read(request: HookRequest): TakenHook | HookRefusal
  /** What the provider is answered with. */
  readonly answer: { readonly type: string; readonly text: string }
}

/** A door that is no web hook: a port of its own. */
export interface Door {
  readonly port: number
  close(): Promise<void>
}

export interface Provider {
  readonly channel: Channel
  readonly reader?: InboundReader
  readonly hooks?: HookReader
  /** What the provider knows of since then, and should have called about; what was taken already may be among it. */
  missed?(sinceMs: number, signal: AbortSignal): Promise<readonly TakenHook[]>
  /** Loads what it needs to work, so that the first message does not wait for it. */
  prepare?(): Promise<unknown>
  /** Opens the channel's own door. `take` resolves after the commit; `count` is told of what was refused before it. */
  open?(take: (hook: TakenHook) => Promise<Intake>, count: (what: string) => void): Promise<Door>
  /** Lets go of connections to the provider. */
  close?(): void
}

export type ProviderDeps = {
  readonly outbound: Outbound
  readonly smtp: Smtp
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
