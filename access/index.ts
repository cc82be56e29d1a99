import { decide as decideOver } from './decide.ts'
import type { Grant } from './grant.ts'
import { isPermission } from './permissions.ts'
import { isKnownNeed } from './routes.ts'
import type { Access, AccessObject, Act, RoomFacts, Subject } from './types.ts'
import { createVisibility } from './visible.ts'

export type AccessDeps = { readonly facts: RoomFacts }

const installation = { kind: 'installation' } as const

/** The one door. */
export function createAccess({ facts }: AccessDeps): Access {
  // Roles are fixed in the first cut, so the rules of access have one state for as long as the process runs.
  const epoch = 1
  const visible = createVisibility(facts, () => epoch)

  function decide(subject: Subject, act: Act, object: AccessObject = installation) {
    return decideOver(facts, epoch, subject, act, object)
  }
  function require(subject: Subject, act: Act, object: AccessObject = installation): Grant {
    const decision = decide(subject, act, object)
    if (!decision.allowed) throw decision.refusal
    return decision.grant
  }
  function permits(subject: Subject, needs: string): boolean {
    if (needs === 'nobody' || needs === 'session') return true
    return isPermission(needs) && subject.permissions.has(needs)
  }
  return { decide, require, visible, permits, isKnownNeed }
}
