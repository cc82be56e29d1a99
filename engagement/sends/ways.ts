/** Which way the next words to a citizen take. Everything here is said in terms of one person, or of one unknown address. */

import type { Sensitivity } from '#channels/api.ts'
import type { GateReason } from '../gate/types.ts'
import type { AddressKind } from '../people/types.ts'

/** Rising; their places are what is stored. */
export const sensitivities = ['public', 'personal', 'sensitive'] as const satisfies readonly Sensitivity[]

/** Why a gate or a rule says no; stable, for programs. */
export type NoWayCode = GateReason | 'no-address' | 'no-channel' | 'too-sensitive'

export type Refused = { readonly code: GateReason; readonly message: string }

export type WayAddress = {
  readonly id: number
  readonly kind: AddressKind
  readonly isVerified: boolean
  /** Several people are reached by it. */
  readonly isShared: boolean
  /** She said that somebody else may read it. */
  readonly isReadByOthers: boolean
  /** Why nothing may be sent there; undefined where the gate is open. */
  readonly shut?: Refused | undefined
  /** Channels of that kind that are closed for this address alone, with the reason. */
  readonly shutOn?: ReadonlyMap<string, Refused> | undefined
}

export type WayChannel = {
  readonly id: string
  readonly kind: AddressKind
  readonly rating: Sensitivity
  /** Its provider does not answer, or asked for a pause. */
  readonly isDown?: boolean
}

export type WayFacts = {
  readonly nowMs: number
  readonly addresses: readonly WayAddress[]
  readonly channels: readonly WayChannel[]
  /** Her newest words in this conversation; left out where nobody answers anything. */
  readonly lastIn?: { readonly addressId: number; readonly channelId: string; readonly atMs: number } | undefined
  /** The kinds that she prefers, the dearest first; may be empty. */
  readonly order: readonly AddressKind[]
  readonly sensitivity: Sensitivity
  /** The kind that the sender chose. */
  readonly override?: AddressKind | undefined
  /** Addresses where these very words certainly did not arrive. */
  readonly failedAt?: ReadonlySet<number> | undefined
  /** Whether she has an inbox, where words may wait until she has proved who she is. */
  readonly hasInbox: boolean
}

export type Way = {
  readonly isOpen: true
  readonly addressId: number
  readonly channelId: string
  readonly kind: AddressKind
  /** `notice`: the words lie in her inbox, and a neutral line with a link goes this way. */
  readonly form: 'words' | 'notice'
  /** Why this one, in a sentence for people. */
  readonly reason: string
}

export type NoWay = {
  readonly isOpen: false
  readonly code: NoWayCode
  /** Why not, and what can be done instead, in sentences for people. */
  readonly message: string
  /** The way that is open when the sender does not insist on a kind. */
  readonly nextBest?: Way | undefined
}
