/**
 * GET /_matrix/client/v3/capabilities
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3capabilities
 *
 * - Versions 1 and 2 of rooms are read and checked, but new rooms of them cannot be made.
 */
import { clientPaths, defaultRoomVersion } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

const stableVersions = ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12']

const capabilities = {
  'm.room_versions': {
    default: defaultRoomVersion,
    available: Object.fromEntries(stableVersions.map((version) => [version, 'stable'])),
  },
  'm.change_password': { enabled: true },
  'm.set_displayname': { enabled: true },
  'm.set_avatar_url': { enabled: true },
  'm.profile_fields': { enabled: true },
  'm.3pid_changes': { enabled: false },
  'm.get_login_token': { enabled: false },
}

export function getCapabilities(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/capabilities'),
    operation: 'getCapabilities',
    needs: 'session',
    rate: 'read',
    handle: async () => ({ capabilities }),
  })
}
