/** What an operator decides about files. */
export type MediaSettings = {
  /** One file. Told to clients as m.upload.size. */
  readonly fileBytesMax: number
  /** All files of one person; undefined: as many as the disk takes. */
  readonly personBytesMax: number | undefined
  /** All files of everybody. */
  readonly serverBytesMax: number | undefined
  /** Whether files that are uploaded from now on may be read without signing in, on the old paths. */
  readonly isOpen: boolean
  readonly urlPreviews: boolean
  /** Hosts whose pages may be looked at; undefined: all. `*.example.org` stands for everything beneath. */
  readonly previewHosts: readonly string[] | undefined
  /** Hosts whose pages are never looked at. */
  readonly previewHostsBlocked: readonly string[]
}

export const usualMediaSettings: MediaSettings = {
  fileBytesMax: 100 * 2 ** 20,
  personBytesMax: 10 * 2 ** 30,
  serverBytesMax: undefined,
  isOpen: false,
  urlPreviews: false,
  previewHosts: undefined,
  previewHostsBlocked: [],
}
