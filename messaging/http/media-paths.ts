/** Where an endpoint of the older media API is served. */
export function mediaPaths(path: string): readonly string[] {
  return [`/_matrix/media/v3${path}`, `/_matrix/media/r0${path}`]
}
