import type { Channel } from '#channels/api.ts'
import type { Clock, Tx } from '#platform/api.ts'
import type { Address, AddressKind, People } from '../people/types.ts'
import type { SendsNeighbours } from './parts.ts'
import type { SendBook } from './send-book.ts'

/** Carries words that a citizen asked for herself a moment ago, such as a code; they pass no consent. */
export interface Courier {
  /** Whether a channel reaches the address. */
  reaches(address: Address): Promise<boolean>
  /** False where no channel reaches the address. What is not handed over by `untilMs` is not sent any more. */
  queue(
    tx: Tx,
    wish: { agencyId: number; addressId: number; subject: string; text: string; untilMs: number },
  ): Promise<boolean>
}

type Deps = {
  readonly clock: Clock
  readonly people: Pick<People, 'addressById'>
  readonly agencies: SendsNeighbours['agencies']
  readonly purposes: Pick<SendsNeighbours['purposes'], 'conversationPurpose'>
  readonly channels: { choose(kind: AddressKind, agency?: string): Channel | undefined }
  readonly book: Pick<SendBook, 'add'>
  readonly onQueued: () => void
}

export class AskedFor implements Courier {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async reaches({ kind, agencyId }: Address): Promise<boolean> {
    const { agencies, channels } = this.#deps
    const agency = await agencies.byId(agencyId)
    return agency !== undefined && channels.choose(kind, agency.key) !== undefined
  }

  async queue(tx: Tx, wish: Parameters<Courier['queue']>[1]): Promise<boolean> {
    const { clock, people, agencies, purposes, channels, book, onQueued } = this.#deps
    const { agencyId, addressId, subject, text, untilMs } = wish
    const [address, agency] = await Promise.all([people.addressById(addressId, tx), agencies.byId(agencyId)])
    const channel = address && agency && channels.choose(address.kind, agency.key)
    if (address === undefined || channel === undefined) return false
    const purpose = await purposes.conversationPurpose(agencyId)
    const nowMs = clock.nowMs()
    await book.add(tx, {
      kind: 'question',
      agencyId,
      personId: ownerOf(address),
      addressId,
      channelId: channel.id,
      purposeId: purpose.id,
      sensitivity: 'personal',
      words: { subject, text },
      deadlineTs: untilMs,
      way: { addressId, channelId: channel.id, kind: address.kind, form: 'words', reason: 'She asked for it.' },
      dueTs: nowMs,
    })
    // After the caller's commit, which is near.
    setImmediate(onQueued)
    return true
  }
}

const ownerOf = ({ personId, isShared }: Address) => (isShared ? undefined : personId)
