/**
 * GET /_matrix/client/v3/devices
 * https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3devices
 */

import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Devices } from '../api.ts'
import { presentDevice } from './present-device.ts'

export function getDevices({ devices }: { devices: Pick<Devices, 'ofUser'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/devices'),
    operation: 'getDevices',
    needs: 'session',
    rate: 'read',
    async handle({ caller }) {
      const subject: Subject = caller
      return { devices: (await devices.ofUser(subject.userId)).map(presentDevice) }
    },
  })
}
