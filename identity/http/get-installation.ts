/**
 * GET /api/v1/installation
 *
 * - What the sign-in screen shows before anybody has signed in.
 */
import { type Route, route } from '#platform/api.ts'
import type { Organisation } from '../api.ts'

export type InstallationDeps = {
  readonly organisation: Organisation
  readonly serverName: string
  readonly version: string
  readonly isDemo: boolean
}

export function getInstallation({ organisation, serverName, version, isDemo }: InstallationDeps): Route {
  return route({
    method: 'GET',
    path: '/api/v1/installation',
    operation: 'getInstallation',
    needs: 'nobody',
    rate: 'read',
    handle: async () => ({
      organisation: (await organisation.name()) ?? serverName,
      server_name: serverName,
      version,
      demo: isDemo,
      set_up: await organisation.isSetUp(),
    }),
  })
}
