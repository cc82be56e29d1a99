/**
 * Where an endpoint of the client-server API is served: under its version, and under r0 for old clients.
 * `path` is what follows, in the form of the router: `/rooms/:roomId/state`.
 */
export function clientPaths(path: string): readonly string[] {
  return [`/_matrix/client/v3${path}`, `/_matrix/client/r0${path}`]
}
