import { type ErrorCode, errorCodes } from './codes.ts'

export type RefusalOptions = {
  /** HTTP status, where it differs from the code's usual one. */
  readonly status?: number
  /** Further members of the JSON answer, such as `retry_after_ms` or `soft_logout`. */
  readonly fields?: Record<string, unknown>
  /** For the log only. No personal data and no message content. */
  readonly detail?: string
  /** A finer word than the code, for programs; stands as `error.code` in nested answers. */
  readonly reason?: string
  readonly cause?: unknown
}

const noFields: Record<string, unknown> = Object.freeze({})

/** A request that is answered with an error in the form of Matrix. The message is shown to people as it is. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ErrorCode
  readonly status: number
  readonly fields: Record<string, unknown>
  readonly detail?: string
  readonly reason?: string

  constructor(code: ErrorCode, message: string, options: RefusalOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? errorCodes[code].status
    this.fields = options.fields ?? noFields
    if (options.detail !== undefined) this.detail = options.detail
    if (options.reason !== undefined) this.reason = options.reason
  }

  /** The answer's body. `fields` cannot replace the code or the message. */
  toAnswer(shape: 'flat' | 'nested' = 'flat'): Record<string, unknown> {
    const { code, message, reason } = this
    const said = shape === 'flat' ? message : { code: reason ?? code, message }
    return { ...this.fields, errcode: code, error: said }
  }
}

/**
 * The error to throw when a request cannot be met.
 *
 *     throw refuse('M_FORBIDDEN', 'You are not in this room. Ask a member to invite you.')
 *
 * `message` is a plain sentence that says what to do next.
 */
export function refuse(code: ErrorCode, message: string, options?: RefusalOptions): Refusal {
  return new Refusal(code, message, options)
}
