import type { JsonObject } from '#matrix/api.ts'
import type { Postgres } from '#platform/api.ts'
import type { CitizenData, DataSubject, Remainder } from '../people/types.ts'
import { eraseLastIn } from '../store/last-in.ts'
import { eraseSends } from '../store/sends.ts'
import { eraseDialogues } from '../store/stop-dialogues.ts'
import type { Inbox, SentToHer } from './inbox.ts'

const pageSize = 200

/** What was sent to a citizen, as part of everything that is kept of her. */
export class CitizenSends implements CitizenData {
  readonly name = 'sends'
  readonly #deps: { readonly postgres: Postgres; readonly inbox: Pick<Inbox, 'sent'> }

  constructor(deps: { postgres: Postgres; inbox: Pick<Inbox, 'sent'> }) {
    this.#deps = deps
  }

  async export({ personIds }: DataSubject): Promise<JsonObject[]> {
    const all: JsonObject[] = []
    for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
      const page: { sends: SentToHer[]; next: number | undefined } = await this.#deps.inbox.sent(personIds, {
        limit: pageSize,
        before,
      })
      all.push(...page.sends.map(exported))
      before = page.next
    }
    return all
  }

  /** With attempts, tasks and what lay in the inbox. What was queued goes no more: its gate is shut before. */
  async erase({ personIds, addressIds }: DataSubject): Promise<Remainder[]> {
    const { postgres } = this.#deps
    await postgres.transaction(async (tx) => {
      await eraseSends(tx, personIds, addressIds)
      await eraseLastIn(tx, addressIds)
      await eraseDialogues(tx, addressIds)
    })
    return [
      {
        what: 'Messages that were handed to a telephone or mail provider.',
        why: 'They are with the provider and with you; what the provider keeps, and for how long, is its own duty to tell.',
      },
    ]
  }
}

function exported({ id, createdMs, words, attempts }: SentToHer): JsonObject {
  return {
    id,
    createdMs,
    ...(words === undefined
      ? {}
      : { text: words.text, ...(words.subject === undefined ? {} : { subject: words.subject }) }),
    attempts: attempts.map((attempt) => ({ ...attempt })),
  }
}
