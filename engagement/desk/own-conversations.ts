import type { Postgres } from '#platform/api.ts'
import type { OwnConversations, People } from '../people/types.ts'
import { isConversationWorkedOn } from '../store/conversations.ts'

type Deps = { readonly db: Postgres; readonly people: Pick<People, 'addressesOf'> }

/** Whose open conversations somebody works on. */
export function createOwnConversations({ db, people }: Deps): OwnConversations {
  return {
    async isHers(userId, personId) {
      const addresses = await people.addressesOf(personId)
      return isConversationWorkedOn(db, userId, { personId, addressIds: addresses.map((one) => one.id) })
    },
  }
}
