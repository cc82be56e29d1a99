/**
 * GET /_matrix/client/v3/admin/whois/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3adminwhoisuserid
 *
 * - Where somebody is signed in: for the person herself, and for administrators, of people below them.
 */
import Type from 'typebox'
import type { Access, Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'
import type { Device, Devices } from '../api.ts'

export type WhoIsDeps = {
  readonly access: Pick<Access, 'require'>
  readonly moderation: Pick<Moderation, 'deviceOwner'>
  readonly devices: Pick<Devices, 'ofUser'>
}

export function getWhoIs({ access, moderation, devices }: WhoIsDeps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/admin/whois/:userId'),
    operation: 'getWhoIs',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: Type.String() }),
    async handle({ caller, params }) {
      const subject: Subject = caller
      if (params.userId !== subject.matrixId) access.require(subject, 'people.devices')
      const userId = await moderation.deviceOwner(subject, params.userId)
      const entries = (await devices.ofUser(userId)).map((device) => [device.deviceId, sessionsOn(device)])
      return { user_id: params.userId, devices: Object.fromEntries(entries) }
    },
  })
}

function sessionsOn({ lastSeenIp, lastSeenMs }: Device) {
  if (lastSeenIp === undefined || lastSeenMs === undefined) return { sessions: [{ connections: [] }] }
  return { sessions: [{ connections: [{ ip: lastSeenIp, last_seen: lastSeenMs }] }] }
}
