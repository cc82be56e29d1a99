import type { Presence } from '#identity/api.ts'
import type { Route } from '#platform/api.ts'
import type { Encryption } from '../encryption/encryption.ts'
import { claimKeys } from './claim-keys.ts'
import { getKeysChanges, type LogPlaces } from './get-keys-changes.ts'
import { queryKeys } from './query-keys.ts'
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
  ]
}
