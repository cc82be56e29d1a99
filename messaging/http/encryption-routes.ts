import type { Route } from '#platform/api.ts'
import type { Encryption } from '../encryption/encryption.ts'
import { sendToDevice } from './send-to-device.ts'

/** Keys of devices and people, messages between devices, backups of keys. */
export function encryptionRoutes(encryption: Encryption): Route[] {
  return [sendToDevice(encryption)]
}
