import { refuse } from '#platform/api.ts'
import { isRole, type RoleName } from './permissions.ts'
import { isProgram, type Principal } from './types.ts'

const ranks: Readonly<Record<RoleName, number>> = { owner: 3, administrator: 2, member: 1, guest: 0 }
const rankOf = (role: string) => (isRole(role) ? ranks[role] : 0)

/** A program acts upon those whom an administrator may act upon, whoever made its token. */
const programRole: RoleName = 'administrator'

/** For acts upon the account of somebody else: throws M_FORBIDDEN unless her role stands below one's own. */
export function requireAbove(by: Principal, role: string): void {
  if (rankOf(role) < rankOf(isProgram(by) ? programRole : by.role)) return
  throw refuse('M_FORBIDDEN', 'This account stands as high as yours. Ask an owner of this server.')
}
