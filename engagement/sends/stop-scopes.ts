import type { Tx } from '#platform/api.ts'
import type { Purpose, StopScope } from '../consent/types.ts'
import { type AttemptRow, purposesLastSent } from '../store/attempts.ts'
import type { SendRow } from '../store/sends.ts'
import type { SendsNeighbours } from './parts.ts'
import { type StopLaw, stopMeansEverything } from './stop-law.ts'

type Deps = Pick<SendsNeighbours, 'agencies' | 'purposes'> & { readonly stopLaws: readonly StopLaw[] }

/** Of an address: purposes of which something was sent lately are looked at for one that rests on consent. */
const purposesLookedAt = 20

/** What a STOP ends: what was sent last from that sender to that address and rests on consent, or everything. */
export class StopScopes {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  meansEverything(country: string, nowMs: number): boolean {
    return stopMeansEverything(this.#deps.stopLaws, country, nowMs)
  }

  /** The newest that rests on consent: nothing else is hers to end. `onlyTaken`: of what a provider has taken for certain. */
  async programme(
    tx: Tx,
    { addressId, channelId }: Pick<AttemptRow, 'addressId' | 'channelId'>,
    { onlyTaken }: { readonly onlyTaken: boolean },
  ): Promise<Purpose | undefined> {
    for (const id of await purposesLastSent(tx, { addressId, channelId, onlyTaken, limit: purposesLookedAt })) {
      const purpose = await this.#consented(tx, id)
      if (purpose !== undefined) return purpose
    }
    return undefined
  }

  /**
   * Of a STOP that the provider kept to itself and tells when it refuses something later: she meant what had come before, not what
   * never came. Where nothing had, she meant what she would have got, or all that she can end.
   */
  async ofRefusal(tx: Tx, refused: Pick<AttemptRow, 'addressId' | 'channelId'>, send: SendRow, nowMs: number) {
    const agency = await this.#deps.agencies.brief(send.agencyId, tx)
    const everything: StopScope = 'agency'
    if (agency === undefined || this.meansEverything(agency.country, nowMs)) return everything
    const purpose =
      (await this.programme(tx, refused, { onlyTaken: true })) ?? (await this.#consented(tx, send.purposeId))
    return purpose === undefined ? everything : { purposeId: purpose.id }
  }

  async #consented(tx: Tx, id: number): Promise<Purpose | undefined> {
    const purpose = await this.#deps.purposes.byId(id, tx)
    return purpose?.basis === 'consent' ? purpose : undefined
  }
}
