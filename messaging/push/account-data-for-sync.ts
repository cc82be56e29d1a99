import type { Users } from '#identity/api.ts'
import { AccountData, type OwnedDatum } from '../account-data/account-data.ts'
import { withPushRules } from './push-rules.ts'

/** What /sync tells of account data: the push rules are always among it, also where a person changed none. */
export class AccountDataForSync extends AccountData {
  readonly #users: Users

  constructor(deps: ConstructorParameters<typeof AccountData>[0]) {
    super(deps)
    this.#users = deps.users
  }

  override async all(userId: number): Promise<OwnedDatum[]> {
    const [data, user] = await Promise.all([super.all(userId), this.#users.byId(userId)])
    return user === undefined ? data : withPushRules(data, user.matrixId)
  }
}
