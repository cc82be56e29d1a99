import type { Subject } from '#access/api.ts'
import type { JsonValue } from '#matrix/api.ts'
import { isInMemberships } from './profile-fields.ts'
import type { Profiles } from './profiles.ts'
import type { ProfileSpread } from './spread.ts'

type Deps = { profiles: Pick<Profiles, 'set'>; spread: Pick<ProfileSpread, 'spread'> }

/** Changes of a person's own profile; what stands in memberships is then told to her rooms. */
export class ProfileChanges {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `undefined` removes the field. */
  async set(subject: Subject, field: string, value: JsonValue | undefined): Promise<void> {
    await this.#deps.profiles.set(subject.userId, field, value)
    if (isInMemberships(field)) await this.#deps.spread.spread(subject)
  }
}
