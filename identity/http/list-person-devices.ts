/**
 * GET /api/v1/people/{user_id}/devices
 *
 * - The devices on which somebody is signed in, for administrators.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import type { People } from '../accounts/people.ts'
import type { Devices } from '../api.ts'
import { presentDevice } from './present-device.ts'
import { Device } from './shapes.ts'

export type PersonDevicesDeps = { readonly people: Pick<People, 'idOf'>; readonly devices: Pick<Devices, 'ofUser'> }

export function listPersonDevices({ people, devices }: PersonDevicesDeps): Route {
  return route({
    method: 'GET',
    path: '/api/v1/people/:userId/devices',
    operation: 'listPersonDevices',
    needs: 'people.devices',
    rate: 'read',
    params: Type.Object({ userId: Type.String() }),
    answer: Type.Object({ devices: Type.Array(Device) }),
    async handle({ params }) {
      const userId = await people.idOf(params.userId)
      if (userId === undefined)
        throw refuse('M_NOT_FOUND', 'There is no such account here. Load the list of people again.')
      return { devices: (await devices.ofUser(userId)).map(presentDevice) }
    },
  })
}
