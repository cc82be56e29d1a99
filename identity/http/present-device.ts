import type { Device } from '../api.ts'

/** A device as the Matrix client-server API and our own show it. */
export function presentDevice(device: Device) {
  return {
    device_id: device.deviceId,
    ...(device.displayName !== undefined && { display_name: device.displayName }),
    ...(device.lastSeenMs !== undefined && { last_seen_ts: device.lastSeenMs }),
    ...(device.lastSeenIp !== undefined && { last_seen_ip: device.lastSeenIp }),
  }
}
