import type { Announcement, DeviceLists as Port } from '#identity/api.ts'
import { type Log, type LogDraft, logKinds, type Tx } from '#platform/api.ts'

/** Says in the log that the devices or identities of people have changed, so that those who share a room hear of it. */
export class DeviceLists implements Port {
  readonly #log: Pick<Log, 'append' | 'announce'>

  constructor(deps: { log: Pick<Log, 'append' | 'announce'> }) {
    this.#log = deps.log
  }

  /** The last act of the transaction that changed them. */
  changed(tx: Tx, userIds: readonly number[]): Promise<Announcement> {
    return this.#append(tx, userIds, null)
  }

  /** For the signatures that one person made upon the keys of others: nobody else may see them. */
  changedFor(tx: Tx, userIds: readonly number[], onlyFor: number): Promise<Announcement> {
    return this.#append(tx, userIds, onlyFor)
  }

  async #append(tx: Tx, userIds: readonly number[], reference: number | null): Promise<Announcement> {
    const drafts = userIds.map((userId): LogDraft => ({ kind: logKinds.deviceList, roomId: null, userId, reference }))
    const rows = drafts.length === 0 ? [] : await this.#log.append(tx, drafts)
    return { announce: () => this.#log.announce(rows) }
  }
}
