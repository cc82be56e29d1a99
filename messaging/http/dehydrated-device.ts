/**
 * PUT, GET and DELETE /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device, GET and POST …/{deviceId}/events
 * https://github.com/matrix-org/matrix-spec-proposals/pull/3814, not in the specification yet; its keys and messages are
 * those of https://spec.matrix.org/v1.19/client-server-api/#end-to-end-encryption
 *
 * - A person has one at most; a new one takes its place, and what waited for the old one is gone.
 * - Its keys are checked like those of any device. What waits for it is answered in parts and forgotten with it only.
 * - Clients read it by GET, where a part without `next_batch` is the last, or by POST, where an empty one is.
 */
import Type from 'typebox'
import type { JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { DehydratedDevices } from '../encryption/dehydrated-devices.ts'
import { parseDeviceKeys, parseKeyUploads } from '../encryption/public-keys.ts'
import type { Caller } from './acts.ts'
import { JsonBody } from './shapes.ts'

type Deps = { dehydratedDevices: DehydratedDevices }

const path = '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device'
const DeviceId = Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\u0021-\\u007e]*$' })
const DeviceAnswer = Type.Object({ device_id: Type.String() })

export function putDehydratedDevice({ dehydratedDevices }: Deps): Route {
  return route({
    method: 'PUT',
    path,
    operation: 'putDehydratedDevice',
    needs: 'session',
    rate: 'settings',
    body: Type.Object({
      device_id: DeviceId,
      device_data: Type.Object({ algorithm: Type.String() }),
      initial_device_display_name: Type.Optional(Type.String()),
      device_keys: JsonBody,
      one_time_keys: Type.Optional(JsonBody),
      fallback_keys: Type.Optional(JsonBody),
    }),
    answer: DeviceAnswer,
    async handle({ body, caller }) {
      const subject = caller as Caller
      const { device_id: deviceId } = body
      const owner = { matrixId: subject.matrixId, deviceId }
      await dehydratedDevices.put(subject, {
        deviceId,
        displayName: body.initial_device_display_name,
        deviceData: body.device_data as JsonObject,
        deviceKeys: parseDeviceKeys(body.device_keys as JsonObject, owner),
        oneTimeKeys: parseKeyUploads(body.one_time_keys as JsonObject | undefined, 'one_time_keys'),
        fallbackKeys: parseKeyUploads(body.fallback_keys as JsonObject | undefined, 'fallback_keys'),
      })
      return { device_id: deviceId }
    },
  })
}

export function getDehydratedDevice({ dehydratedDevices }: Deps): Route {
  return route({
    method: 'GET',
    path,
    operation: 'getDehydratedDevice',
    needs: 'session',
    rate: 'read',
    answer: Type.Object({ device_id: Type.String(), device_data: JsonBody }),
    async handle({ caller }) {
      const { deviceId, deviceData } = await dehydratedDevices.get((caller as Caller).userId)
      return { device_id: deviceId, device_data: deviceData }
    },
  })
}

export function deleteDehydratedDevice({ dehydratedDevices }: Deps): Route {
  return route({
    method: 'DELETE',
    path,
    operation: 'deleteDehydratedDevice',
    needs: 'session',
    rate: 'settings',
    answer: DeviceAnswer,
    handle: async ({ caller }) => ({ device_id: await dehydratedDevices.delete((caller as Caller).userId) }),
  })
}

export function getDehydratedDeviceEvents({ dehydratedDevices }: Deps): Route {
  return route({
    method: 'GET',
    path: `${path}/:deviceId/events`,
    operation: 'getDehydratedDeviceEvents',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ deviceId: Type.String() }),
    query: Type.Object({ from: Type.Optional(Type.String()) }),
    answer: Type.Object({ events: Type.Array(JsonBody), next_batch: Type.Optional(Type.String()) }),
    async handle({ params, query, caller }) {
      const { userId } = caller as Caller
      const { events, nextBatch, isLast } = await dehydratedDevices.events(userId, params.deviceId, query.from)
      return isLast ? { events } : { events, next_batch: nextBatch }
    },
  })
}

export function postDehydratedDeviceEvents({ dehydratedDevices }: Deps): Route {
  return route({
    method: 'POST',
    path: `${path}/:deviceId/events`,
    operation: 'postDehydratedDeviceEvents',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ deviceId: Type.String() }),
    body: Type.Object({ next_batch: Type.Optional(Type.String()) }),
    answer: Type.Object({ events: Type.Array(JsonBody), next_batch: Type.String() }),
    async handle({ params, body, caller }) {
      const { userId } = caller as Caller
      const { events, nextBatch } = await dehydratedDevices.events(userId, params.deviceId, body.next_batch)
      return { events, next_batch: nextBatch }
    },
  })
}
