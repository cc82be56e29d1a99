/**
 * GET /_matrix/client/versions
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientversions
 *
 * - A client may ask before anybody has signed in.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'

const oldVersions = ['r0.0.1', 'r0.1.0', 'r0.2.0', 'r0.3.0', 'r0.4.0', 'r0.5.0', 'r0.6.0', 'r0.6.1']
/** The version that this server is held against; what it leaves out of it is listed in testing/conformance/unsupported.ts. */
const minorVersionNewest = 19

const answer = {
  versions: [...oldVersions, ...Array.from({ length: minorVersionNewest }, (_, index) => `v1.${index + 1}`)],
  // By the names under which clients look for them that do not read the version for it yet, or that no version has yet.
  unstable_features: {
    'org.matrix.simplified_msc3575': true,
    'org.matrix.msc4222': true,
    'org.matrix.msc3814': true,
    'uk.tcpip.msc4133': true,
    'uk.tcpip.msc4133.stable': true,
    'uk.half-shot.msc2666.query_mutual_rooms': true,
    'uk.half-shot.msc2666.query_mutual_rooms.stable': true,
    'im.nheko.summary': true,
    'org.matrix.msc3266.stable': true,
    'org.matrix.msc4140': true,
    'org.matrix.msc4306': true,
    'org.matrix.msc4308': true,
    'org.matrix.msc4354': true,
  },
}

export function getVersions(): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/versions',
    operation: 'getVersions',
    needs: 'nobody',
    answer: Type.Object({
      versions: Type.Array(Type.String()),
      unstable_features: Type.Record(Type.String(), Type.Boolean()),
    }),
    handle: async () => answer,
  })
}
