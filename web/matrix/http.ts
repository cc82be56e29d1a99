/** An answer that is not a success, or none at all: then `status` is 0 and `code` is `OFFLINE`. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfterMs: number | undefined
  /** What the code leaves open: more exact, where the server says so. */
  readonly reason: string | undefined

  constructor(status: number, code: string, message: string, more: { retryAfterMs?: number; reason?: string } = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.retryAfterMs = more.retryAfterMs
    this.reason = more.reason
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type RequestOptions = { token?: string; body?: unknown; signal?: AbortSignal }

/** The server is where this page came from: the directory of the page, so that a proxy may add a prefix. */
export const serverUrl: string = new URL('.', globalThis.location?.href ?? 'http://localhost/').href.replace(/\/$/, '')

/** One JSON request to the server. Throws ApiError for every answer outside 2xx and when nobody answers. */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = {}
  if (options.token) headers.authorization = `Bearer ${options.token}`
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(`${serverUrl}${path}`, {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal ?? null,
      cache: 'no-store',
      credentials: 'omit',
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new ApiError(0, 'OFFLINE', 'The server did not answer.')
  }
  const text = await response.text()
  let answer: Record<string, unknown> = {}
  try {
    answer = text ? (JSON.parse(text) as Record<string, unknown>) : {}
  } catch {
    if (response.ok) throw new ApiError(response.status, 'M_NOT_JSON', 'The server gave an answer that is not JSON.')
  }
  if (response.ok) return answer as T
  throw refusalOf(response.status, answer)
}

/** A refusal as Matrix writes it, or as the API about citizens does: `error` is a sentence, or `{code, message}`. */
function refusalOf(
  status: number,
  { errcode, error, retry_after_ms: retryAfterMs }: Record<string, unknown>,
): ApiError {
  const { code, message = '' } = (typeof error === 'object' && error !== null ? error : { message: error }) as {
    code?: unknown
    message?: unknown
  }
  return new ApiError(status, String(errcode ?? code ?? 'M_UNKNOWN'), String(message), {
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(typeof code === 'string' && { reason: code }),
  })
}

/** One segment of a path, safe against anything that would leave its place. */
export const segment = (value: string): string => encodeURIComponent(value)
