import type { Channels } from '#channels/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Postgres } from '#platform/api.ts'
import type { CitizenData, DataSubject, People, Remainder } from '../people/types.ts'
import { referencesOf } from '../store/attempts.ts'
import { eraseLastIn } from '../store/last-in.ts'
import { eraseSends } from '../store/sends.ts'
import { eraseDialogues } from '../store/stop-dialogues.ts'
import type { Inbox, SentToHer } from './inbox.ts'

const pageSize = 200

type Deps = {
  readonly postgres: Postgres
  readonly inbox: Pick<Inbox, 'sent'>
  readonly people: Pick<People, 'addressById'>
  readonly channels: Pick<Channels, 'forget'>
}

/** What was sent to a citizen, as part of everything that is kept of her. */
export class CitizenSends implements CitizenData {
  readonly name = 'sends'
  readonly #deps: Deps

  constructor(deps: Deps) {
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

  /**
   * With attempts, tasks, what lay in the inbox, and what came in as it came. What was queued goes no more: its gate is shut
   * before.
   */
  async erase({ personIds, addressIds }: DataSubject): Promise<Remainder[]> {
    const { postgres, people, channels } = this.#deps
    const found = await Promise.all(addressIds.map((id) => people.addressById(id)))
    const addresses = found.flatMap((one) => (one === undefined ? [] : [{ kind: one.kind, value: one.value }]))
    await postgres.transaction(async (tx) => {
      await channels.forget(tx, { addresses, sent: await referencesOf(tx, personIds, addressIds) })
      await eraseSends(tx, personIds, addressIds)
      await eraseLastIn(tx, addressIds)
      await eraseDialogues(tx, addressIds)
    })
    return [
      {
        what: 'Messages that have left: on your telephone, in your mailbox, and with the companies that carried them.',
        why:
          'What is with you is yours. The company that carries our SMS is asked to delete its copies until it has; what others ' +
          'keep, and for how long, is their own duty to tell.',
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
