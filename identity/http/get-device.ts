/**
 * GET /_matrix/client/v3/devices/{deviceId}
 * https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3devicesdeviceid
 */

import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Devices } from '../api.ts'
import { presentDevice } from './present-device.ts'

export function getDevice({ devices }: { devices: Pick<Devices, 'one'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/devices/:deviceId'),
    operation: 'getDevice',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ deviceId: Type.String() }),
    async handle({ caller, params }) {
      const subject: Subject = caller
      const device = await devices.one(subject.userId, params.deviceId)
      if (device === undefined) throw refuse('M_NOT_FOUND', 'You have no such device. Load the list of devices again.')
      return presentDevice(device)
    },
  })
}
