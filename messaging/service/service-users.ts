import { permissionsOf, type Subject } from '#access/api.ts'
import type { User, Users } from '#identity/api.ts'

/** Users that the server writes as. People cannot take their names (identity/users/usernames.ts). */
export class ServiceUsers {
  readonly #users: Pick<Users, 'byId' | 'ensure'>
  readonly #serverName: string

  constructor(deps: { users: Pick<Users, 'byId' | 'ensure'>; serverName: string }) {
    this.#users = deps.users
    this.#serverName = deps.serverName
  }

  async named(name: string): Promise<Subject> {
    const matrixId = `@${name}:${this.#serverName}`
    const user = (await this.#users.ensure([matrixId])).get(matrixId)
    if (user === undefined) throw new Error('a user that the server writes as is not there')
    return subjectFor(user)
  }

  async byId(userId: number): Promise<Subject> {
    const user = await this.#users.byId(userId)
    if (user === undefined) throw new Error(`user ${userId} is not there`)
    return subjectFor(user)
  }
}

/** Without a session, so nobody can have it who came over the network. */
function subjectFor({ id: userId, matrixId }: User): Subject {
  const device = { deviceId: '', sessionId: 0, isGuest: false, role: 'member' }
  return Object.freeze({ userId, matrixId, ...device, permissions: permissionsOf('member') })
}
