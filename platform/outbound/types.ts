/** One request to the outside, whole: what is asked, how much may come back, and how long all of it may take. */
export type OutboundWish = {
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT'
  /** http or https, without a user name or password in it. */
  readonly url: string
  /** Cookies, the host and what belongs to the connection cannot be set. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Of the answer's body: as it arrives, and as it is after its compression is undone. */
  readonly bytesMax: number
  /** An answer that is larger is refused; or cut off at `bytesMax`, where its beginning is all that is wanted. */
  readonly whenLarger?: 'refuse' | 'cut'
  /** For all of it: name, connection, every redirect and the last byte. */
  readonly timeoutMs: number
  /** Followed for GET alone, 3 unless said otherwise; anything else gets the redirect as its answer. */
  readonly redirectsMax?: number
  /** The asker's own rule about hosts, at the first request and at every redirect: what it turns down is `forbidden`. */
  readonly isWanted?: (hostname: string) => boolean
  readonly signal?: AbortSignal
}

export type OutboundAnswer = {
  /** Whatever the other side said: a refusal of its own is an answer too. */
  readonly status: number
  /** Names in lower case; a header that came several times is joined by commas. Cookies are left out. */
  readonly headers: Readonly<Record<string, string>>
  /** With its compression undone. */
  readonly body: Buffer
  /** Where it came from, after redirects. */
  readonly url: string
}

/**
 * The one door for requests to the outside. Nothing that it is asked for makes it speak to an address that is not
 * public, except to the origins that the configuration names.
 */
export interface Outbound {
  /** Throws OutboundFailed, or the signal's reason. */
  request(wish: OutboundWish): Promise<OutboundAnswer>
  /** Closes what is kept open. */
  close(): void
}

/**
 * - `forbidden`: an address that nobody may be sent to: not public, another port, another protocol, credentials in it
 * - `unknown-name`: the name leads nowhere
 * - `unreachable`: no connection, or it broke, or its certificate is not to be trusted
 * - `bad-answer`: what came back is not HTTP, or too much of it stands before the body
 * - `redirects`: too many of them, or one that leads nowhere
 */
export type OutboundFailure =
  | 'forbidden'
  | 'unknown-name'
  | 'unreachable'
  | 'timed-out'
  | 'too-large'
  | 'bad-answer'
  | 'redirects'

/** Why no answer came. Who asked from outside is not told which: that would be a map of the inside. */
export class OutboundFailed extends Error {
  override readonly name = 'OutboundFailed'
  readonly failure: OutboundFailure

  constructor(failure: OutboundFailure, cause?: unknown) {
    super(`The request to the outside failed: ${failure}.`, cause === undefined ? undefined : { cause })
    this.failure = failure
  }
}
