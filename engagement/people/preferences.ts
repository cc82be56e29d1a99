import { type Clock, type Db, KeyUnavailable, type Postgres, refuse, together, type Vault } from '#platform/api.ts'
import { openJson, sealJson } from '../sealed-json.ts'
import { type PersonRow, personById, rootOfPerson } from '../store/people.ts'
import { preferencesOf, putPreference } from '../store/preferences.ts'
import type { PreferenceBook, Preferences } from './types.ts'

const purpose = 'person.preferences'

type Deps = { readonly db: Postgres; readonly vault: Pick<Vault, 'key'>; readonly clock: Clock }

/** What citizens prefer. Of records that were merged, what the one that counts says. */
export function createPreferences({ db, vault, clock }: Deps): PreferenceBook {
  const keyDb = (on: Db) => (on === db ? undefined : on)
  const rowOf = together(
    (ids: readonly number[]) => preferencesOf(db, ids),
    ({ askedId }) => askedId,
  )

  async function root(personId: number, on: Db): Promise<PersonRow | undefined> {
    return personById(on, await rootOfPerson(on, personId))
  }
  return {
    async of(personId, on = db) {
      const row = on === db ? await rowOf(personId) : (await preferencesOf(on, [personId]))[0]
      if (row === undefined || row.dataKeyId === null) return {}
      try {
        return openJson<Preferences>(await vault.key(row.dataKeyId, keyDb(on)), purpose, row.publicId, row.sealed)
      } catch (error) {
        // She was erased while they were being read.
        if (error instanceof KeyUnavailable) return {}
        throw error
      }
    },
    async set(tx, personId, preferences) {
      checkTimeZone(preferences.quietHours?.timeZone)
      checkTimeZone(preferences.quietUntil?.timeZone)
      const row = await root(personId, tx)
      if (row?.state !== 'active' || row.dataKeyId === null) {
        throw refuse('CHANCERY_CONFLICT', 'This record was erased. Load it again.', { reason: 'not-active' })
      }
      const sealed = sealJson(await vault.key(row.dataKeyId, tx), purpose, row.publicId, preferences)
      await putPreference(tx, row.id, sealed, clock.nowMs())
    },
  }
}

function checkTimeZone(timeZone: string | undefined): void {
  if (timeZone === undefined) return
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw refuse('M_INVALID_PARAM', 'There is no such time zone. Name one of the IANA database, Europe/Lisbon say.')
  }
}
