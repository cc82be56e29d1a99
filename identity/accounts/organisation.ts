import type { Db, Vault } from '#platform/api.ts'
import type { Organisation } from '../api.ts'
import { someOwners } from '../store/account.ts'
import { readOrganisation, writeOrganisation } from '../store/installation.ts'

const purpose = 'installation.organisation'
/** There is one row, so the subject is a word. */
const subject = 'organisation'

export type OrganisationDeps = { readonly db: Db; readonly vault: Pick<Vault, 'serverKey'> }

/** Inside a transaction of the caller's. */
export async function setOrganisationName(db: Db, vault: Pick<Vault, 'serverKey'>, name: string): Promise<void> {
  const key = await vault.serverKey('installation')
  await writeOrganisation(db, key.seal(purpose, subject, Buffer.from(name)))
}

export function createOrganisation({ db, vault }: OrganisationDeps): Organisation {
  return {
    async name() {
      const sealed = await readOrganisation(db)
      if (sealed === undefined) return undefined
      return (await vault.serverKey('installation')).open(purpose, subject, sealed).toString()
    },
    setName: (name) => setOrganisationName(db, vault, name),
    isSetUp: async () => (await someOwners(db)).length > 0,
  }
}
