const oauth = 'Sign-in through another service, and OAuth 2.0, come with the work on identity.'
const identityServers = 'Identity servers are out of scope.'
const applicationServices = 'Application services come with the work on extensions.'

/** Operations of the specification that this server does not have, by their operationId, each with the reason. */
export const unsupported: { readonly [operation: string]: string } = {
  getAuthMetadata: oauth,
  redirectToSSO: oauth,
  redirectToIdP: oauth,
  bind3PID: identityServers,
  unbind3pidFromAccount: identityServers,
  inviteBy3PID: identityServers,
  getWellknownPolicy: 'This server does not act as a policy server for others.',
  getEvents: 'Replaced by /sync, and long deprecated; the same path follows one room.',
  initialSync: 'Replaced by /sync, and long deprecated.',
  getOneEvent: 'Replaced by the event of a room, and long deprecated.',
  getProtocolMetadata: applicationServices,
  queryLocationByProtocol: applicationServices,
  queryUserByProtocol: applicationServices,
  queryLocationByAlias: applicationServices,
  queryUserByID: applicationServices,
  pingAppservice: applicationServices,
  updateAppserviceRoomDirectoryVisibility: applicationServices,
}

const addresses =
  'Refused: mail addresses and phone numbers of accounts come with the citizen channels, which can confirm them.'

/** Operations that are served, and behind which there is nothing yet: what they answer, as the specification foresees. */
export const hollow: { readonly [operation: string]: string } = {
  requestTokenTo3PIDEmail: addresses,
  requestTokenTo3PIDMSISDN: addresses,
  requestTokenToRegisterEmail: addresses,
  requestTokenToRegisterMSISDN: addresses,
  requestTokenToResetPasswordEmail: addresses,
  requestTokenToResetPasswordMSISDN: addresses,
  post3PIDs: addresses,
  add3PID: addresses,
  getAccount3PIDs: 'Always an empty list, for the same reason.',
  delete3pidFromAccount: 'There is never anything to delete, for the same reason.',
  getProtocols: 'Always empty: other networks come with application services.',
  getTurnServer: 'Always empty: no relay for calls can be configured.',
}

/** Those of them to which a refusal is the whole answer. */
export const refused: ReadonlySet<string> = new Set(Object.keys(hollow).filter((id) => hollow[id] === addresses))
