import { limits } from './limits.ts'

type Bounds = { readonly from: number; readonly to: number; readonly meaning: string }

const hourMs = 60 * 60_000
const dayMs = 24 * hourMs
const KiB = 1024
const MiB = 1024 * KiB

/**
 * Limits that an operator or a test harness has reason to change, within the bounds between which the server holds what it
 * promises. The reason for each value stands beside it in `limits.ts`.
 */
export const settableLimits = {
  passwordCharactersMin: { from: 8, to: 128, meaning: 'Characters of a new password, at least.' },
  devicesOfPersonMax: { from: 1, to: 10_000, meaning: 'Devices on which one person is signed in.' },
  accountDataBytesMax: { from: 64 * KiB, to: 1 * MiB, meaning: 'Bytes of one piece of account data.' },
  accountDataOfPersonBytesMax: { from: 256 * KiB, to: 64 * MiB, meaning: 'Bytes of all account data of a person.' },
  tagsMax: { from: 1, to: 1_000, meaning: 'Tags of one room, for one person.' },
  delayedEventsPerPersonMax: { from: 1, to: 10_000, meaning: 'Events that one person lets the server send later.' },
  delayedEventMsMax: { from: 1_000, to: 366 * dayMs, meaning: 'Milliseconds by which an event may be sent later.' },
  syncTimeoutMsMax: { from: 1_000, to: 10 * 60_000, meaning: 'Milliseconds that a request for news waits, at most.' },
  slidingConnectionsPerDeviceMax: { from: 1, to: 100, meaning: 'Connections for sliding sync that a device keeps.' },
  slidingConnectionDays: { from: 1, to: 366, meaning: 'Days that a connection for sliding sync is kept unused.' },
  transactionIdDays: { from: 1, to: 366, meaning: 'Days that a transaction id is remembered.' },
  oneTimeKeysMax: { from: 100, to: 10_000, meaning: 'One-time keys of one device.' },
  keyBackupSessionsMax: { from: 1_000, to: 10_000_000, meaning: 'Keys in one backup of room keys.' },
  toDeviceWaitingMax: { from: 1_000, to: 1_000_000, meaning: 'Messages that wait for one device.' },
  pushersOfPersonMax: { from: 1, to: 1_000, meaning: 'Pushers of one person.' },
  presenceIdleMs: { from: 1_000, to: dayMs, meaning: 'Milliseconds after which who did nothing is away.' },
  mediaPendingMax: { from: 1, to: 10_000, meaning: 'Files of one person that are announced and have not come.' },
  mediaPendingMs: { from: 60_000, to: 30 * dayMs, meaning: 'Milliseconds after which an announced file lapses.' },
  bodyBytesMax: { from: 256 * KiB, to: 16 * MiB, meaning: 'Bytes of a JSON body.' },
  requestTimeoutMs: { from: 1_000, to: hourMs, meaning: 'Milliseconds by which a whole request must have come.' },
} as const satisfies { readonly [name in keyof typeof limits]?: Bounds }

export type SettableLimit = keyof typeof settableLimits

/** The limits that hold on this server. */
export type Limits = { readonly [name in SettableLimit]: number }

/** What a setting says instead of the table. */
export type LimitChanges = Partial<Limits>

export function limitsWith(changes: LimitChanges = {}): Limits {
  const names = Object.keys(settableLimits) as SettableLimit[]
  const entries = names.map((name) => [name, changes[name] ?? limits[name]])
  return Object.freeze(Object.fromEntries(entries) as Limits)
}
