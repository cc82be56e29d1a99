/** A child process that opens what strangers made, so that no file of theirs can hold up or bring down the server. */
export interface Sandbox {
  /**
   * A smaller picture of a picture, or that the picture is small enough to be given as it is. The picture is asked for
   * when its turn comes, so that those that wait take no memory. Throws SandboxFailed, or what `original` throws.
   */
  shrink(original: () => Promise<Uint8Array>, wish: PictureWish): Promise<Picture | 'original'>
  /** What a web page says of itself. `contentType` is the header that came with it. Throws SandboxFailed. */
  readPage(page: Uint8Array, contentType: string | undefined): Promise<PageFacts>
  /** Ends the children, and what they are doing with them. */
  close(): Promise<void>
}

export type PictureWish = {
  readonly width: number
  readonly height: number
  /** `crop` fills the box and cuts off what hangs over; `scale` fits into it. Neither makes anything larger. */
  readonly method: 'crop' | 'scale'
  /** Whether a picture that moves may go on moving. */
  readonly animated: boolean
  /** Also what is small enough is made anew. */
  readonly anew?: boolean
}

/** Made anew from pixels: upright, and without what the original said about camera, place and owner. */
export type Picture = {
  readonly bytes: Buffer
  readonly contentType: 'image/jpeg' | 'image/png' | 'image/webp'
  readonly width: number
  readonly height: number
}

export type PageFacts = {
  /** `og:` properties by their names; the first of each counts. */
  readonly properties: Readonly<Record<string, string>>
  readonly title?: string
  readonly description?: string
  /** As it stands in the page; relative to `base`, if there is one, and that to the page. */
  readonly image?: string
  readonly base?: string
}

/**
 * - `unreadable`: not of a kind that is opened, or broken
 * - `too-large`: too many pixels or bytes
 * - `timed-out`, `crashed`: the child was ended, or ended itself, over it
 * - `busy`: too many wait already
 * - `unavailable`: the library is not installed for this machine
 */
export type SandboxFailure = 'unreadable' | 'too-large' | 'timed-out' | 'crashed' | 'busy' | 'unavailable'

export class SandboxFailed extends Error {
  override readonly name = 'SandboxFailed'
  readonly failure: SandboxFailure

  constructor(failure: SandboxFailure) {
    super(`A file could not be opened apart from the server: ${failure}.`)
    this.failure = failure
  }
}
