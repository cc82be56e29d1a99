import type { Clock, Db } from '#platform/api.ts'
import type { Departing, Departures } from '../api.ts'
import { departingAccounts, setDeparted } from '../store/account.ts'
import { deleteApiTokensOf } from '../store/api-token.ts'
import { deleteLoginTokensOf } from '../store/login-token.ts'
import { deleteOpenIdTokensOf } from '../store/open-id-token.ts'

const atOnceMax = 100

export interface DepartureKeeper extends Departures {
  /** Clears what belonged to the person. A failure is left to `finish`: the account is closed either way. */
  begin(person: Departing): Promise<void>
}

export function createDepartures({ db, clock }: { db: Db; clock: Clock }): DepartureKeeper {
  const works: ((person: Departing) => Promise<void>)[] = []

  async function clear(person: Departing): Promise<boolean> {
    try {
      for (const work of works) await work(person)
      await deleteLoginTokensOf(db, person.userId)
      await deleteApiTokensOf(db, person.userId)
      await deleteOpenIdTokensOf(db, person.userId)
      await setDeparted(db, person.userId, clock.nowMs())
      return true
    } catch {
      return false
    }
  }

  return {
    onDeparture: (work) => void works.push(work),
    begin: async (person) => void (await clear(person)),
    async finish() {
      let cleared = 0
      for (const person of await departingAccounts(db, atOnceMax)) if (await clear(person)) cleared++
      return cleared
    },
  }
}
