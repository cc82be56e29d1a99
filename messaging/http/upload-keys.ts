/**
 * POST /_matrix/client/v3/keys/upload
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
 *
 * - Takes keys of the caller's own device only, signed by it. Its identity keys are published once and never change.
 * - A one-time key whose id stands for another key is refused; the same key again is no error.
 * - All of it is stored, or nothing.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { DeviceKeys } from '../encryption/device-keys.ts'
import { parseDeviceKeys, parseKeyUploads } from '../encryption/public-keys.ts'
import type { Caller } from './acts.ts'
import { JsonBody, KeyCounts } from './shapes.ts'

export function uploadKeys({ deviceKeys }: { deviceKeys: Pick<DeviceKeys, 'upload'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/keys/upload'),
    operation: 'uploadKeys',
    needs: 'session',
    rate: 'settings',
    body: Type.Object({
      device_keys: Type.Optional(JsonBody),
      one_time_keys: Type.Optional(JsonBody),
      fallback_keys: Type.Optional(JsonBody),
    }),
    answer: Type.Object({ one_time_key_counts: KeyCounts }),
    async handle({ body, caller }) {
      const subject = caller as Caller
      const { device_keys, one_time_keys, fallback_keys } = body as { [field: string]: JsonObject | undefined }
      const counts = await deviceKeys.upload(subject, {
        deviceKeys: device_keys === undefined ? undefined : parseDeviceKeys(device_keys, subject),
        oneTimeKeys: parseKeyUploads(one_time_keys, 'one_time_keys'),
        fallbackKeys: parseKeyUploads(fallback_keys, 'fallback_keys'),
      })
      return { one_time_key_counts: counts }
    },
  })
}
