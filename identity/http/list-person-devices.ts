/**
 * GET /api/v1/accounts/{user_id}/devices
 *
 * - The devices on which somebody is signed in, for administrators: her own, and those of people below her.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'
import type { Devices } from '../api.ts'
import { presentDevice } from './present-device.ts'
import { Device } from './shapes.ts'

export type PersonDevicesDeps = {
  readonly moderation: Pick<Moderation, 'deviceOwner'>
  readonly devices: Pick<Devices, 'ofUser'>
}

export function listPersonDevices({ moderation, devices }: PersonDevicesDeps): Route {
  return route({
    method: 'GET',
    path: '/api/v1/accounts/:userId/devices',
    operation: 'listPersonDevices',
    needs: 'people.devices',
    rate: 'read',
    params: Type.Object({ userId: Type.String() }),
    answer: Type.Object({ devices: Type.Array(Device) }),
    async handle({ caller, params }) {
      const userId = await moderation.deviceOwner(caller as Principal, params.userId)
      return { devices: (await devices.ofUser(userId)).map(presentDevice) }
    },
  })
}
