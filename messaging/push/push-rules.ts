import type { JsonObject, PushRuleset } from '#matrix/api.ts'
import { InTurn } from '#platform/api.ts'
import type { AccountData, OwnedDatum } from '../account-data/account-data.ts'
import { rulesFromStored } from './rule-editing.ts'

const type = 'm.push_rules'

type Person = { readonly userId: number; readonly matrixId: string }

/**
 * The push rules of people, kept as account data in the form that clients read, so that a change reaches the person's
 * other devices like any other account data. Whoever changed nothing has no row.
 */
export class PushRules {
  readonly #accountData: Pick<AccountData, 'get' | 'put'>
  readonly #inTurn = new InTurn()

  constructor(deps: { accountData: Pick<AccountData, 'get' | 'put'> }) {
    this.#accountData = deps.accountData
  }

  async of(person: Person): Promise<PushRuleset> {
    return rulesFromStored(await this.#accountData.get(person.userId, null, type), person.matrixId)
  }

  /** Reads, changes and stores; changes of one person follow each other. */
  change(person: Person, edit: (rules: PushRuleset) => PushRuleset): Promise<void> {
    return this.#inTurn.run(String(person.userId), async () => {
      const rules = edit(await this.of(person))
      await this.#accountData.put(person.userId, null, type, contentOf(rules))
    })
  }
}

/** All global account data of a person, with her push rules in it, also where she changed none. */
export function withPushRules(data: readonly OwnedDatum[], matrixId: string): OwnedDatum[] {
  const isRules = (datum: OwnedDatum) => datum.roomId === null && datum.type === type
  const content = contentOf(rulesFromStored(data.find(isRules)?.content, matrixId))
  return [...data.filter((datum) => !isRules(datum)), { roomId: null, type, content }]
}

function contentOf(rules: PushRuleset): JsonObject {
  return { global: rules as unknown as JsonObject }
}
