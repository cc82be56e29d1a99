import { type Refusal, refuse } from '#platform/api.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#third-party-invites: addresses are looked up at identity servers. */
export function noIdentityServer(): Refusal {
  return refuse(
    'M_SERVER_NOT_TRUSTED',
    'This server works with no identity server, so people cannot be invited by address. Use their user id.',
    { status: 403 },
  )
}
