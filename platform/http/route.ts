import type { Readable } from 'node:stream'
import type { Static, TSchema } from 'typebox'
import type { Refusal } from '../errors/refusal.ts'
import type { RateName } from '../limits.ts'

/** One HTTP request as a handler sees it: read, checked, and admitted. */
export interface RouteRequest<P = any, Q = any, B = any, Caller = any> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Whom the gate admitted; undefined when the route needs nobody. */
  readonly caller: Caller
  /** The client's address, as far as trusted proxies told it. */
  readonly ip: string
  readonly headers: Record<string, string | undefined>
  /** The raw body, for routes with `bodyKind: 'stream'`. */
  readonly stream?: Readable
  /** Aborted when the client leaves, or with the reason 'stopping' when the server stops. */
  readonly signal: AbortSignal
  readonly requestId: string
  /** Path and query as they were sent, byte for byte: what providers sign. */
  readonly url: string
}

/** An endpoint as data. Fastify stands behind it and is seen by nobody. */
export interface Route<Caller = any> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** `/rooms/:roomId/…`; several where older versions of an endpoint are served too. */
  readonly path: string | readonly string[]
  /** The specification's operationId, also the file's name. */
  readonly operation: string
  /** What access must grant: 'nobody', 'session', or a permission of access' catalogue. Never optional. */
  readonly needs: string
  /** Kind of act for rate limits: a row of the table of rates. */
  readonly rate?: RateName
  readonly params?: TSchema
  /** Numbers and booleans are read from their text. */
  readonly query?: TSchema
  /** Checked as it came: nothing is converted, removed or filled in. */
  readonly body?: TSchema
  /** What tests hold answers against; never used to write them. */
  readonly answer?: TSchema
  /**
   * 'json' by default for PUT and POST, 'none' for GET and DELETE without a body schema. 'bytes' gives `body` as a
   * Buffer, whatever its type: signatures are made over bytes.
   */
  readonly bodyKind?: 'json' | 'bytes' | 'stream' | 'none'
  /** Bytes of a body, where it may be larger or must be smaller than others. */
  readonly bodyBytesMax?: number
  /**
   * How refusals are written: 'flat' as Matrix has them, `{errcode, error}` with a sentence as `error`; 'nested' with
   * `{code, message}` as `error`, where clients were promised that.
   */
  readonly refusals?: 'flat' | 'nested'
  /** What a refusal looks like where people ask and not programs: a page, instead of JSON. */
  refused?(refusal: Refusal, headers: Record<string, string | undefined>): FileAnswer
  /** Returns an object for JSON, JsonBytes for ready JSON, or a FileAnswer. */
  handle(request: RouteRequest<any, any, any, Caller>): Promise<unknown>
}

type Of<Schema> = Schema extends TSchema ? Static<Schema> : any

type TypedRoute<P, Q, B, Caller> = Omit<Route<Caller>, 'params' | 'query' | 'body' | 'handle'> & {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  handle(request: RouteRequest<Of<P>, Of<Q>, Of<B>, Caller>): Promise<unknown>
}

/** Gives the handler the types of its schemas. */
export function route<
  Caller = any,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(definition: TypedRoute<P, Q, B, Caller>): Route<Caller> {
  return definition as Route<Caller>
}

/** JSON that is ready: sent byte for byte, in one or several pieces. */
export class JsonBytes {
  readonly bytes: Buffer | readonly Buffer[]
  readonly status: number

  constructor(bytes: Buffer | readonly Buffer[], status = 200) {
    this.bytes = bytes
    this.status = status
  }
}

/** A file or a redirect: headers and bytes of the handler's own choice. */
export class FileAnswer {
  readonly stream: Readable | Buffer
  readonly headers: Record<string, string>
  readonly status: number

  constructor(stream: Readable | Buffer, headers: Record<string, string>, status = 200) {
    this.stream = stream
    this.headers = headers
    this.status = status
  }
}

/** Who stands at the door: turns an access token into a caller, or throws a Refusal. */
export interface Gate<Caller = any> {
  admit(
    needs: string,
    request: { accessToken: string | undefined; ip: string; userAgent: string | undefined },
  ): Promise<Caller>
}

/** The server that routes are added to. */
export interface HttpServer {
  add(routes: readonly Route[]): void
  /** All routes added so far, for tests that walk them. */
  routes(): readonly Route[]
  /** Serves a folder below a path that ends with a slash: hashed names are kept for ever, the rest is asked for anew. */
  serveFolder(prefix: string, folder: string): void
  /** Begins to listen. Port 0 takes a free one. */
  listen(host: string, port: number): Promise<{ port: number }>
  /**
   * Stops accepting, aborts each `request.signal` with the reason 'stopping' so that waiting syncs answer, and returns
   * when all is answered or after `limits.drainMs`.
   */
  close(): Promise<void>
}
