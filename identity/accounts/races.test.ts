import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import { createConfirmations, type Stage } from '../sign-in/confirmations.ts'

const newPassword = 'seven green boats ahead'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const passwordAuth = (user: string) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user },
  password: townPassword,
})
const logIn = async (body: object) => {
  const response = await fetch(`${town.url}/_matrix/client/v3/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, json: (await response.json()) as any }
}

/** Until somebody waits for a row that another transaction holds. */
const someoneWaits = async () => {
  const waiting = `select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  return (await town.database.postgres.row<{ count: number }>(waiting))?.count ?? 0
}

it('a registration token is spent although another stage is passed while it is looked at', async () => {
  const random = { bytes: () => Buffer.alloc(24), token: () => 'a-session-of-a-confirmation' }
  const clock = { nowMs: () => Date.now(), sleep: async () => undefined }
  const confirmations = createConfirmations({ db: town.postgres, clock, random: random as never })
  const stages: Stage[] = ['m.login.registration_token', 'm.login.terms']
  const pass = (type: Stage | undefined, meanwhile: () => Promise<unknown> = async () => undefined) =>
    confirmations.ask({
      act: 'register ada',
      flows: [stages],
      auth: type === undefined ? undefined : { type, session: 'a-session-of-a-confirmation' },
      async prove(stage) {
        await meanwhile()
        return stage === 'm.login.registration_token' ? { registrationTokenId: 'the token' } : {}
      },
    })
  await pass(undefined)
  const confirmed = await pass('m.login.terms', () => pass('m.login.registration_token'))
  expect(confirmed).toEqual({ registrationTokenId: 'the token' })
})

it('two owners who close their accounts at once leave one', async () => {
  const [first, second] = [
    await town.person('first', { role: 'owner' }),
    await town.person('second', { role: 'owner' }),
  ]
  let closing: Promise<{ status: number }> | undefined
  await town.database.postgres.transaction(async (tx) => {
    await tx.run(`update account set deactivated_ts = 1 where user_id = (select id from users where matrix_id = $1)`, [
      first.id,
    ])
    closing = second.call('POST', '/account/deactivate', { body: { auth: passwordAuth('second') } })
    let isOver = false
    void closing.then(() => {
      isOver = true
    })
    await expect.poll(async () => isOver || (await someoneWaits()) > 0).toBe(true)
  })
  expect((await closing)?.status).toBe(403)
})

it('a sign-in with the old password that began before it was changed does not outlive the change', async () => {
  const vera = await town.person('vera')
  let signingIn: ReturnType<typeof logIn> | undefined
  await town.database.postgres.transaction(async (tx) => {
    await tx.run(
      `update account set password_hash = 'another' where user_id = (select id from users where matrix_id = $1)`,
      [vera.id],
    )
    signingIn = logIn(passwordAuth('vera'))
    let isOver = false
    void signingIn.then(() => {
      isOver = true
    })
    await expect.poll(async () => isOver || (await someoneWaits()) > 0).toBe(true)
  })
  expect(await signingIn).toMatchObject({ status: 403, json: { errcode: 'M_FORBIDDEN' } })
})

it('tokens that sign in end when the password is changed', async () => {
  const ines = await town.person('ines')
  const made = await ines.call('POST', '/_matrix/client/v1/login/get_token', { body: { auth: passwordAuth('ines') } })
  expect(made.status).toBe(200)
  await ines.ok('POST', '/account/password', { new_password: newPassword, auth: passwordAuth('ines') })
  const late = await logIn({ type: 'm.login.token', token: made.json.login_token })
  expect(late).toMatchObject({ status: 403, json: { errcode: 'M_FORBIDDEN' } })
})
