/**
 * GET /api/v1/installation
 *
 * - What the sign-in screen shows before anybody has signed in.
 */
import Type from 'typebox'
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
    answer: Type.Object({
      organisation: Type.String(),
      server_name: Type.String(),
      version: Type.String(),
      demo: Type.Boolean(),
      set_up: Type.Boolean(),
    }),
    handle: async () => ({
      organisation: (await organisation.name()) ?? serverName,
      server_name: serverName,
      version,
      demo: isDemo,
      set_up: await organisation.isSetUp(),
    }),
  })
}
