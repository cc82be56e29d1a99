import type { User, Users } from '#identity/api.ts'
import { isUserId } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'

/** Somebody that this server knows, by Matrix id; refused in words where there is nobody. */
export async function knownPerson(users: Pick<Users, 'byMatrixId'>, matrixId: string): Promise<User> {
  const user = isUserId(matrixId) ? await users.byMatrixId(matrixId) : undefined
  if (user === undefined) throw refuse('M_NOT_FOUND', 'Nobody of this id is known here. Check the spelling.')
  return user
}
