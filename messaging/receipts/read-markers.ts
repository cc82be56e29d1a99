import type { Grant } from '#access/api.ts'
import { assertGrant } from '#access/api.ts'
import { InTurn } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Room } from '../rooms/room.ts'

type Deps = { accountData: Pick<AccountData, 'get' | 'put'>; reader: Pick<EventReader, 'inRoom'> }

const type = 'm.fully_read'

/**
 * The line "new messages" of a person in a room: told to her alone, and moved only forward.
 * https://spec.matrix.org/v1.19/client-server-api/#fully-read-markers
 */
export class ReadMarkers {
  readonly #deps: Deps
  readonly #inTurn = new InTurn()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async put(grant: Grant, room: Room, event: StoredEvent): Promise<void> {
    assertGrant(grant, 'room.receipt', room.id)
    const { userId } = grant.subject
    await this.#inTurn.run(`${userId} ${room.id}`, async () => {
      const before = (await this.#deps.accountData.get(userId, room.id, type))?.event_id
      if (before === event.matrixId) return
      const stands = typeof before === 'string' ? await this.#deps.reader.inRoom(room, before) : undefined
      if (stands !== undefined && stands.ordering >= event.ordering) return
      await this.#deps.accountData.put(userId, room.id, type, { event_id: event.matrixId })
    })
  }
}
