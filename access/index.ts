import { admit, decide as decideOver } from './decide.ts'
import type { Grant } from './grant.ts'
import type { Access, AccessObject, Act, AgencyFacts, Principal, RoomFacts } from './types.ts'
import { createVisibility } from './visible.ts'

export type AccessDeps = {
  readonly facts: RoomFacts
  /** Left out: nobody works for any agency. */
  readonly agencies?: AgencyFacts
}

const installation = { kind: 'installation' } as const

/** The one door. */
export function createAccess({ facts, agencies }: AccessDeps): Access {
  const visible = createVisibility(facts)

  function decide<P extends Principal>(subject: P, act: Act, object: AccessObject = installation) {
    return decideOver({ rooms: facts, agencies }, subject, act, object)
  }
  function require<P extends Principal>(subject: P, act: Act, object: AccessObject = installation): Grant<P> {
    const decision = decide(subject, act, object)
    if (!decision.allowed) throw decision.refusal
    return decision.grant
  }
  return { decide, require, visible, admit }
}
