import { eventIdOf, isUserId, type Pdu, type SigningKey, serverOf, signEvent } from '#matrix/api.ts'
import type { StoredEvent } from './stored-event.ts'

type Deps = { readonly serverName: string; readonly signingKey: SigningKey }

/**
 * Events of this server's people are signed when they leave it, and not when they are made: neither the id of an event nor
 * what is sealed depends on the signature, and most events never leave. See docs/decisions/0016-signed-when-it-leaves.md.
 */
export class EventSigner {
  readonly #deps: Deps
  /** For as long as the event is in memory: it may go to many servers. A redaction leaves the signature as it is. */
  readonly #signatures = new WeakMap<StoredEvent, Pdu['signatures']>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * The event with this server's signature, where it is an event of this server. What cannot be read is no event and is
   * not signed, nor is anything else that the event's own id does not stand for.
   */
  signed(event: StoredEvent): Pdu {
    const { serverName } = this.#deps
    const { pdu, version } = event
    if (!isUserId(pdu.sender) || serverOf(pdu.sender) !== serverName) return pdu
    if (pdu.signatures?.[serverName] !== undefined) return pdu
    let signatures = this.#signatures.get(event)
    if (signatures === undefined) {
      if (!isItself(event)) return pdu
      signatures = signEvent(pdu, version, serverName, this.#deps.signingKey).signatures
      this.#signatures.set(event, signatures)
    }
    return { ...pdu, signatures }
  }
}

function isItself({ pdu, version, matrixId }: StoredEvent): boolean {
  return version.eventIds === 'in-event' ? pdu.event_id === matrixId : eventIdOf(pdu, version) === matrixId
}
