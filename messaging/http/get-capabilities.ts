/**
 * GET /_matrix/client/v3/capabilities
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3capabilities
 */
import { clientPaths, roomVersions } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Caller } from './acts.ts'

const available = Object.fromEntries(roomVersions.map(({ id }) => [id, 'stable']))

const capabilities = {
  'm.change_password': { enabled: true },
  'm.3pid_changes': { enabled: false },
  'm.get_login_token': { enabled: true },
}

export function getCapabilities({ defaultRoomVersion }: { defaultRoomVersion: string }): Route {
  const versions = { default: defaultRoomVersion, available }
  return route({
    method: 'GET',
    path: clientPaths('/capabilities'),
    operation: 'getCapabilities',
    needs: 'session',
    rate: 'read',
    async handle({ caller }) {
      const { permissions } = caller as Caller
      const moderates = permissions.has('people.moderate')
      const changesProfile = { enabled: permissions.has('profile.change') }
      return {
        capabilities: {
          ...capabilities,
          'm.room_versions': versions,
          'm.set_displayname': changesProfile,
          'm.set_avatar_url': changesProfile,
          'm.profile_fields': changesProfile,
          ...(moderates && { 'm.account_moderation': { lock: true, suspend: true } }),
        },
      }
    },
  })
}
