import { hash } from 'node:crypto'
import { type Clock, type Db, JsonBytes, limits, type Random } from '#platform/api.ts'
import { completeStage, findConfirmation, insertConfirmation, takeConfirmation } from '../store/confirmation.ts'

/** What a client proves in one stage; https://spec.matrix.org/v1.19/client-server-api/#authentication-types */
export type Stage = 'm.login.password' | 'm.login.dummy' | 'm.login.terms' | 'm.login.registration_token'

export type Auth = { readonly type?: unknown; readonly session?: unknown; readonly [field: string]: unknown }

/** Why a stage was not passed, as the client is told, or what is remembered of one that was. */
export type Proof = { readonly problem: { errcode: string; error: string } } | { readonly registrationTokenId?: string }

export type Wish = {
  /** Who does what, in words that stay the same: a confirmation for one act opens no other. */
  readonly act: string
  /** Each a way to confirm, as the stages of it. */
  readonly flows: readonly (readonly Stage[])[]
  readonly params?: Readonly<Record<string, unknown>>
  /** The `auth` member of the body, if any. */
  readonly auth: unknown
  prove(stage: Stage, auth: Auth): Promise<Proof>
}

export type Confirmed = { readonly registrationTokenId: string | undefined }

/**
 * User-interactive authentication. What was passed is kept in the database, so that any node can go on with it.
 * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
export interface Confirmations {
  /** @returns what was confirmed, once and for this request alone; otherwise the 401 answer to send */
  ask(wish: Wish): Promise<JsonBytes | Confirmed>
  /** A stage that is passed aside of the request, in a browser. @returns whether there is such a session. */
  pass(session: string, stage: Stage, registrationTokenId?: string): Promise<boolean>
}

type Progress = { session: string | undefined; completed: readonly string[]; registrationTokenId: string | undefined }

const sessionBytes = 24
const hashOf = (text: string) => hash('sha256', text, 'buffer')
const outdated = {
  errcode: 'M_UNAUTHORIZED',
  error: 'This confirmation has expired or belongs to something else. Confirm it again.',
}

export function createConfirmations(deps: { db: Db; clock: Clock; random: Random }): Confirmations {
  const { db, clock, random } = deps

  async function find(act: string, session: unknown): Promise<Progress | undefined> {
    if (session === undefined) return { session: undefined, completed: [], registrationTokenId: undefined }
    if (typeof session !== 'string') return undefined
    const row = await findConfirmation(db, hashOf(session), hashOf(act), clock.nowMs())
    if (row === undefined) return undefined
    return { session, completed: row.completed, registrationTokenId: row.registrationTokenId ?? undefined }
  }

  async function answer(wish: Wish, at: Progress, problem?: { errcode: string; error: string }): Promise<JsonBytes> {
    const session = at.session ?? random.token(sessionBytes)
    if (at.session === undefined) {
      await insertConfirmation(db, {
        idHash: hashOf(session),
        actHash: hashOf(wish.act),
        completed: [...at.completed],
        registrationTokenId: at.registrationTokenId ?? null,
        expiresTs: clock.nowMs() + limits.confirmationLivesMs,
      })
    }
    const flows = wish.flows.map((stages) => ({ stages }))
    const body = { ...problem, flows, params: wish.params ?? {}, completed: at.completed, session }
    return new JsonBytes(Buffer.from(JSON.stringify(body)), 401)
  }

  async function proveStage(
    wish: Wish,
    at: Progress,
    auth: Auth,
  ): Promise<Progress | { errcode: string; error: string }> {
    const stage = wish.flows.flat().find((known) => known === auth.type)
    if (stage === undefined) {
      return { errcode: 'M_UNRECOGNIZED', error: 'This way to confirm is not offered here. Use one of the flows.' }
    }
    const proof = await wish.prove(stage, auth)
    if ('problem' in proof) return proof.problem
    const { registrationTokenId = at.registrationTokenId } = proof
    const completed = at.completed.includes(stage) ? at.completed : [...at.completed, stage]
    if (at.session === undefined) return { session: undefined, completed, registrationTokenId }
    const passed = { idHash: hashOf(at.session), type: stage, registrationTokenId, nowTs: clock.nowMs() }
    const row = await completeStage(db, passed)
    if (row === undefined) return outdated
    // As the row has it: another stage may have been passed meanwhile.
    return {
      session: at.session,
      completed: row.completed,
      registrationTokenId: row.registrationTokenId ?? undefined,
    }
  }

  async function ask(wish: Wish): Promise<JsonBytes | Confirmed> {
    const begun = { session: undefined, completed: [], registrationTokenId: undefined }
    if (typeof wish.auth !== 'object' || wish.auth === null) return answer(wish, begun)
    const auth = wish.auth as Auth
    // A client that knows the flow may prove it in its first request, without a session.
    const found = await find(wish.act, auth.session)
    if (found === undefined) return answer(wish, begun, outdated)
    const at = auth.type === undefined ? found : await proveStage(wish, found, auth)
    if ('errcode' in at) return answer(wish, found, at)
    if (!wish.flows.some((stages) => stages.every((stage) => at.completed.includes(stage)))) return answer(wish, at)
    if (at.session !== undefined && !(await takeConfirmation(db, hashOf(at.session)))) {
      return answer(wish, begun, outdated)
    }
    return { registrationTokenId: at.registrationTokenId }
  }

  return {
    ask,
    async pass(session, stage, registrationTokenId) {
      const passed = { idHash: hashOf(session), type: stage, registrationTokenId, nowTs: clock.nowMs() }
      return (await completeStage(db, passed)) !== undefined
    },
  }
}
