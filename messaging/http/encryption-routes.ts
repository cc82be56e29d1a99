import type { Presence } from '#identity/api.ts'
import type { Route } from '#platform/api.ts'
import type { Encryption } from '../encryption/encryption.ts'
import { claimKeys } from './claim-keys.ts'
import {
  deleteDehydratedDevice,
  getDehydratedDevice,
  getDehydratedDeviceEvents,
  postDehydratedDeviceEvents,
  putDehydratedDevice,
} from './dehydrated-device.ts'
import { deleteRoomKeyBySessionId, deleteRoomKeys, deleteRoomKeysByRoomId } from './delete-room-keys.ts'
import { getKeysChanges, type LogPlaces } from './get-keys-changes.ts'
import { getRoomKeyBySessionId, getRoomKeys, getRoomKeysByRoomId } from './get-room-keys.ts'
import { putRoomKeyBySessionId, putRoomKeys, putRoomKeysByRoomId } from './put-room-keys.ts'
import { queryKeys } from './query-keys.ts'
import {
  deleteRoomKeysVersion,
  getRoomKeysVersion,
  getRoomKeysVersionCurrent,
  postRoomKeysVersion,
  putRoomKeysVersion,
} from './room-keys-version.ts'
import { sendToDevice } from './send-to-device.ts'
import { uploadCrossSigningKeys } from './upload-cross-signing-keys.ts'
import { uploadCrossSigningSignatures } from './upload-cross-signing-signatures.ts'
import { uploadKeys } from './upload-keys.ts'

/** Keys of devices and people, messages between devices, backups of keys. */
export function encryptionRoutes(encryption: Encryption & { presence: Presence; places: LogPlaces }): Route[] {
  return [
    uploadKeys(encryption),
    queryKeys(encryption),
    claimKeys(encryption),
    getKeysChanges(encryption),
    uploadCrossSigningKeys(encryption),
    uploadCrossSigningSignatures(encryption),
    sendToDevice(encryption),
    putDehydratedDevice(encryption),
    getDehydratedDevice(encryption),
    deleteDehydratedDevice(encryption),
    getDehydratedDeviceEvents(encryption),
    postDehydratedDeviceEvents(encryption),
    ...keyBackupRoutes(encryption),
  ]
}

function keyBackupRoutes(encryption: Encryption): Route[] {
  return [
    postRoomKeysVersion(encryption),
    getRoomKeysVersionCurrent(encryption),
    getRoomKeysVersion(encryption),
    putRoomKeysVersion(encryption),
    deleteRoomKeysVersion(encryption),
    putRoomKeys(encryption),
    putRoomKeysByRoomId(encryption),
    putRoomKeyBySessionId(encryption),
    getRoomKeys(encryption),
    getRoomKeysByRoomId(encryption),
    getRoomKeyBySessionId(encryption),
    deleteRoomKeys(encryption),
    deleteRoomKeysByRoomId(encryption),
    deleteRoomKeyBySessionId(encryption),
  ]
}
