import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { DeviceListChanges, DeviceListDelta } from './device-list-changes.ts'
import type { DeviceKeyCounts, KeyCounts } from './key-counts.ts'
import type { DeviceId, ToDevice } from './to-device.ts'

/** What encryption tells a device through sync. Places are positions of the log, and the same for every way to sync. */
export interface DeviceFeed {
  /**
   * Messages that wait for the device, in the order sent: after `after`, up to `until`, at most `limit`. `end` is the place
   * up to which nothing else waits: the client's next token.
   */
  toDevice(
    device: DeviceId,
    after: number,
    until: number,
    limit: number,
  ): Promise<{ events: JsonObject[]; end: number }>
  /** The client came back with a token that followed them: they are forgotten, for every way to sync. */
  forget(device: DeviceId, upTo: number): Promise<void>
  keyCounts(device: DeviceId): Promise<DeviceKeyCounts>
  /**
   * People whose devices or identities changed in (after, until], or with whom a room is shared since, and those with whom
   * none is shared any more.
   */
  deviceLists(subject: Subject, after: number, until: number): Promise<DeviceListDelta>
}

export function createDeviceFeed(deps: {
  toDevice: ToDevice
  keyCounts: KeyCounts
  deviceListChanges: DeviceListChanges
}): DeviceFeed {
  const { toDevice, keyCounts, deviceListChanges } = deps
  return {
    toDevice: (device, after, until, limit) => toDevice.waiting(device, after, until, limit),
    forget: (device, upTo) => toDevice.forget(device, upTo),
    keyCounts: (device) => keyCounts.of(device),
    deviceLists: (subject, after, until) => deviceListChanges.between(subject, after, until),
  }
}
