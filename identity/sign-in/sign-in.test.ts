import { expect, it } from 'vitest'
import { startTown } from '#testing/town.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { LoginTokens } from './login-tokens.ts'
import { createSignIn } from './sign-in.ts'

it('a password that is changed while its old hash is renewed stays changed', async () => {
  await using town = await startTown()
  const ada = await town.person('ada')
  const where = 'where user_id = (select id from users where matrix_id = $1)'
  const signIn = createSignIn({
    db: town.postgres,
    passwords: {
      verify: async () => true,
      isOutdated: () => true,
      async hash() {
        await town.postgres.run(`update account set password_hash = 'the new password' ${where}`, [ada.id])
        return 'the old password, hashed anew'
      },
    },
    attempts: { begin: () => ({ succeeded: () => undefined }) },
    sessions: {} as Sessions,
    loginTokens: {} as LoginTokens,
    serverName: 'town.example',
  })
  await signIn.checkPassword(ada.id, 'the old password', '127.0.0.1')
  const row = await town.postgres.row<{ hash: string }>(`select password_hash as hash from account ${where}`, [ada.id])
  expect(row?.hash).toBe('the new password')
})
