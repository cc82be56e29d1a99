/** What the server has acknowledged, and what it was asked for and may have done. Nothing here came from reading it back. */
export class Ledger {
  /** Acknowledged messages by their transaction id. */
  readonly messages = new Map<string, { readonly eventId: string; readonly room: string; readonly sender: number }>()
  readonly topics: { readonly eventId: string; readonly room: string }[] = []
  readonly uploads: { readonly uri: string; readonly sha256: string }[] = []
  /** For each room every event that the reader's mark was set on, in order; those up to `acknowledged` for certain. */
  readonly receipts = new Map<string, Attempts<string>>()
  readonly accountData: Attempts<number> = { tried: [], acknowledged: -1 }
  /** Repeats of a transaction id: how many, and those that got another event id than the first answer. */
  repeats = 0
  readonly contradictions: string[] = []
  /** Answers that no crash explains. */
  readonly refusals: string[] = []

  acknowledge(transaction: string, eventId: string, room: string, sender: number): void {
    const known = this.messages.get(transaction)
    if (known === undefined) this.messages.set(transaction, { eventId, room, sender })
    else {
      this.repeats += 1
      if (known.eventId !== eventId) this.contradictions.push(`${transaction}: ${known.eventId}, then ${eventId}`)
    }
  }
}

export type Attempts<T> = { readonly tried: T[]; acknowledged: number }

/** Whether `found` may stand there: the last acknowledged value, or one that was tried after it. */
export function isAllowed<T>({ tried, acknowledged }: Attempts<T>, found: T | undefined): boolean {
  if (acknowledged < 0) return found === undefined || tried.includes(found)
  return found !== undefined && tried.lastIndexOf(found) >= acknowledged
}
