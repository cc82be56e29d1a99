import type { JsonObject } from '../json/json.ts'

/**
 * An event as servers exchange it. Keys beyond those named here are allowed and are hashed and signed with the rest.
 * https://spec.matrix.org/v1.19/server-server-api/#pdus
 */
export type Pdu = {
  type: string
  sender: string
  /** Absent in the create event of version 12, whose hash is the room id. */
  room_id?: string
  /** Present, even when empty, makes it a state event. */
  state_key?: string
  content: JsonObject
  /** Milliseconds since 1970, by the clock of the server that made it. */
  origin_server_ts: number
  depth: number
  prev_events: EventReference[]
  auth_events: EventReference[]
  hashes?: { sha256: string }
  signatures?: Signatures
  unsigned?: JsonObject
  /** For how long it is told to whoever is in the room, in milliseconds (MSC4354, under the name that it has until it is merged). */
  msc4354_sticky?: { duration_ms: number }
  /** Redactions up to version 10; later ones say it in their content. */
  redacts?: string
  /** Versions 1 and 2 only; later ids are the reference hash. */
  event_id?: string
}

/** Bare ids from version 3 on; `[id, hashes]` before. `prevEventIds` and `authEventIds` read both. */
export type EventReference = string | [string, { sha256: string }]

/** Server name → key id → unpadded base64. */
export type Signatures = { [serverName: string]: { [keyId: string]: string } }

/** An event together with its id, which most versions do not carry inside. */
export type IdentifiedPdu = { readonly eventId: string; readonly pdu: Pdu }

export function prevEventIds(pdu: Pdu): string[] {
  return pdu.prev_events.map(idOf)
}

export function authEventIds(pdu: Pdu): string[] {
  return pdu.auth_events.map(idOf)
}

/** The id that a redaction takes away, wherever its room version keeps it. */
export function redactsOf(pdu: Pdu, version: { readonly redactsInContent: boolean }): string | undefined {
  const target = version.redactsInContent ? pdu.content.redacts : pdu.redacts
  return typeof target === 'string' ? target : undefined
}

function idOf(reference: EventReference): string {
  return typeof reference === 'string' ? reference : reference[0]
}
