/**
 * POST /_matrix/client/v3/account/3pid and below, and the three `requestToken` of registration and of passwords.
 * https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information
 *
 * - No mail address or phone number belongs to an account here, because nothing could confirm one yet. So none is begun,
 *   none can have been confirmed, and taking one away finds it gone already.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'

const requests: readonly { path: string; operation: string; needs: 'nobody' | 'session' }[] = [
  { path: '/account/3pid/email/requestToken', operation: 'requestTokenTo3PIDEmail', needs: 'session' },
  { path: '/account/3pid/msisdn/requestToken', operation: 'requestTokenTo3PIDMSISDN', needs: 'session' },
  { path: '/register/email/requestToken', operation: 'requestTokenToRegisterEmail', needs: 'nobody' },
  { path: '/register/msisdn/requestToken', operation: 'requestTokenToRegisterMSISDN', needs: 'nobody' },
  { path: '/account/password/email/requestToken', operation: 'requestTokenToResetPasswordEmail', needs: 'nobody' },
  { path: '/account/password/msisdn/requestToken', operation: 'requestTokenToResetPasswordMSISDN', needs: 'nobody' },
]

export function thirdPartyIds(): Route[] {
  return [
    ...requests.map(requestToken),
    addId('/account/3pid', 'post3PIDs', Type.Object({ three_pid_creds: Type.Object({}) })),
    addId('/account/3pid/add', 'add3PID', Type.Object({ client_secret: Type.String(), sid: Type.String() })),
    deleteId(),
  ]
}

function requestToken({ path, operation, needs }: (typeof requests)[number]): Route {
  return route({
    method: 'POST',
    path: clientPaths(path),
    operation,
    needs,
    rate: needs === 'nobody' ? 'link' : 'confirm',
    body: Type.Object({ client_secret: Type.String(), send_attempt: Type.Integer() }),
    async handle() {
      throw refuse(
        'M_THREEPID_DENIED',
        'Mail addresses and phone numbers are not used here. Ask an administrator for help.',
      )
    },
  })
}

function addId(path: string, operation: string, body: ReturnType<typeof Type.Object>): Route {
  return route({
    method: 'POST',
    path: clientPaths(path),
    operation,
    needs: 'session',
    rate: 'confirm',
    body,
    async handle() {
      throw refuse('M_THREEPID_AUTH_FAILED', 'This address has not been confirmed: none can be confirmed here.', {
        status: 403,
      })
    },
  })
}

function deleteId(): Route {
  return route({
    method: 'POST',
    path: clientPaths('/account/3pid/delete'),
    operation: 'delete3pidFromAccount',
    needs: 'session',
    rate: 'settings',
    body: Type.Object({ medium: Type.String(), address: Type.String(), id_server: Type.Optional(Type.String()) }),
    handle: async () => ({ id_server_unbind_result: 'no-support' }),
  })
}
