/**
 * The form in which a client wants its events: https://spec.matrix.org/v1.19/client-server-api/#filtering (`event_format` and
 * `event_fields`).
 */
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '#matrix/api.ts'
import type { Clock } from '#platform/api.ts'
import type { EventSigner } from '../events/event-signer.ts'
import { type Aggregations, eventObject, eventText, type Reader, type StoredEvent } from '../events/stored-event.ts'

/** The text of an event for the reader that it was made for. */
export type EventForm = (event: StoredEvent, aggregations?: Aggregations) => string

/** What a filter says of the form of events. */
export type FormWish = {
  readonly isFederation: boolean
  /** Paths of keys; undefined for everything. */
  readonly fields: readonly (readonly string[])[] | undefined
}

type Deps = { readonly clock: Clock; readonly signer: EventSigner }

export function eventForm({ isFederation, fields }: FormWish, reader: Reader, { clock, signer }: Deps): EventForm {
  if (!isFederation && fields === undefined) {
    return (event, aggregations) => eventText(event, reader, aggregations, clock)
  }
  return (event, aggregations) => {
    const told = eventObject(event, reader, aggregations, clock)
    const unsigned = told.unsigned ?? {}
    const whole = isFederation ? { ...signer.signed(event), event_id: event.matrixId, unsigned } : told
    return JSON.stringify(fields === undefined ? whole : withOnly(whole, fields))
  }
}

/**
 * A path as the appendices of the specification define it: keys with dots between them; a backslash takes its meaning from the
 * dot, or the backslash, behind it. https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths
 */
export function pathOf(text: string): string[] {
  const keys = ['']
  const add = (character: string) => {
    keys[keys.length - 1] += character
  }
  for (let n = 0; n < text.length; n += 1) {
    const [character = '', next] = [text[n], text[n + 1]]
    if (character === '\\' && (next === '.' || next === '\\')) {
      add(next)
      n += 1
    } else if (character === '.') keys.push('')
    else add(character)
  }
  return keys
}

/** Without these it would be no event; a server may give more than it was asked for. */
const always = ['event_id', 'origin_server_ts', 'sender', 'state_key', 'type']

function withOnly(whole: JsonObject, paths: readonly (readonly string[])[]): JsonObject {
  const kept: JsonObject = { content: {} }
  for (const key of always) copy(whole, kept, [key])
  for (const path of paths) copy(whole, kept, path)
  return kept
}

function copy(from: JsonObject, to: JsonObject, [key, ...rest]: readonly string[]): void {
  if (key === undefined || !Object.hasOwn(from, key)) return
  const value = from[key] as JsonValue
  if (rest.length === 0) {
    setKey(to, key, value)
    return
  }
  if (!isJsonObject(value)) return
  const before = Object.hasOwn(to, key) ? to[key] : undefined
  // What a shorter path has copied already is whole, and shared with the event: nothing may be written into it.
  if (before === value) return
  const inner = isJsonObject(before) ? before : {}
  copy(value, inner, rest)
  if (Object.keys(inner).length > 0) setKey(to, key, inner)
}
