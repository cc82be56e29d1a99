import type { Channel, Fate, Measure, Outgoing, SendOutcome, SendWish } from '#channels/api.ts'

/** The one channel that is not of the configuration. */
export const inboxChannelId = 'inbox'

/**
 * The inbox of the citizen pages as a channel like the others. Its rows are written with the attempt and shown once the gate
 * was passed, so that there is nothing left to hand over.
 */
export class InboxChannel implements Channel {
  readonly id = inboxChannelId
  readonly kind = 'inbox'
  readonly sender = inboxChannelId
  readonly rating = 'sensitive'
  readonly isForgeable = false
  readonly limits = { partsMax: 1 }
  readonly country = ''

  normalise(address: string): string {
    return address
  }

  measure(_: Outgoing): Measure {
    return { parts: 1, encoding: 'utf8', isTooLong: false, costMicros: 0 }
  }

  async send({ attempt }: SendWish): Promise<SendOutcome> {
    return { state: 'accepted', reference: attempt }
  }

  async lookUp({ attempt }: SendWish): Promise<Fate> {
    return { state: 'accepted', reference: attempt }
  }
}
