/** Where an endpoint of the older media API is served. */
export function mediaPaths(path: string): readonly string[] {
  return ['v3', 'r0', 'v1'].map((version) => `/_matrix/media/${version}${path}`)
}
