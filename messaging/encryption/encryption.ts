import type { Devices, Users } from '#identity/api.ts'
import type { Clock, Log, Postgres } from '#platform/api.ts'
import type { Tail } from '../sync/tail.ts'
import { ToDevice } from './to-device.ts'

export type EncryptionDeps = {
  readonly postgres: Postgres
  readonly log: Log
  readonly clock: Clock
  readonly users: Users
  readonly devices: Devices
  readonly tail: Tail
}

/** What stands behind the routes of encryption and is also needed by sync. */
export type Encryption = {
  readonly toDevice: ToDevice
  /** Forgets what has served its time, and answers how many rows went. `ts` in milliseconds since 1970. */
  forgetBefore(ts: number): Promise<number>
}

export function createEncryption(deps: EncryptionDeps): Encryption {
  const toDevice = new ToDevice(deps)
  return {
    toDevice,
    forgetBefore: async (ts) => (await toDevice.forgetTransactionsBefore(ts)) + (await toDevice.trim()),
  }
}
