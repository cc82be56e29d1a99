import type { Access } from '#access/api.ts'
import type { Devices, Users } from '#identity/api.ts'
import type { Clock, Db, Limits, Log, Postgres } from '#platform/api.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Tail } from '../sync/tail.ts'
import { CrossSigning } from './cross-signing.ts'
import { DehydratedDevices } from './dehydrated-devices.ts'
import { createDeviceFeed, type DeviceFeed } from './device-feed.ts'
import { DeviceKeys } from './device-keys.ts'
import { DeviceListChanges } from './device-list-changes.ts'
import type { DeviceLists } from './device-lists.ts'
import { KeyBackups } from './key-backups.ts'
import { KeyCounts } from './key-counts.ts'
import { KeyQuery } from './key-query.ts'
import { KeySignatures } from './key-signatures.ts'
import { OneTimeKeys } from './one-time-keys.ts'
import { ToDevice } from './to-device.ts'

export type EncryptionDeps = {
  readonly postgres: Postgres
  readonly db: Db
  readonly log: Log
  readonly clock: Clock
  readonly users: Users
  readonly devices: Devices
  readonly deviceLists: DeviceLists
  readonly access: Access
  readonly memberships: Memberships
  readonly tail: Tail
  readonly serverName: string
  readonly limits: Limits
}

/** What stands behind the routes of encryption and is also needed by sync. */
export type Encryption = {
  readonly toDevice: ToDevice
  readonly oneTimeKeys: OneTimeKeys
  readonly deviceKeys: DeviceKeys
  readonly crossSigning: CrossSigning
  readonly keySignatures: KeySignatures
  readonly keyQuery: KeyQuery
  readonly keyBackups: KeyBackups
  readonly dehydratedDevices: DehydratedDevices
  readonly feed: DeviceFeed
  /** Forgets what has served its time, and answers how many rows went. `ts` in milliseconds since 1970. */
  forgetBefore(ts: number): Promise<number>
}

export function createEncryption(deps: EncryptionDeps): Encryption {
  const toDevice = new ToDevice(deps)
  const oneTimeKeys = new OneTimeKeys(deps)
  const deviceKeys = new DeviceKeys({ ...deps, oneTimeKeys })
  const crossSigning = new CrossSigning(deps)
  return {
    toDevice,
    oneTimeKeys,
    crossSigning,
    deviceKeys,
    keySignatures: new KeySignatures({ ...deps, crossSigning }),
    keyQuery: new KeyQuery(deps),
    keyBackups: new KeyBackups(deps),
    dehydratedDevices: new DehydratedDevices({ ...deps, deviceKeys, oneTimeKeys, toDevice }),
    feed: createDeviceFeed({
      toDevice,
      keyCounts: new KeyCounts(deps),
      deviceListChanges: new DeviceListChanges(deps),
    }),
    async forgetBefore(ts) {
      const counts = [
        await toDevice.forgetTransactionsBefore(ts),
        await toDevice.trim(),
        await oneTimeKeys.forgetClaimedBefore(ts),
      ]
      return counts.reduce((sum, count) => sum + count)
    },
  }
}
