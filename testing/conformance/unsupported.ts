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
  pingAppservice: applicationServices,
  updateAppserviceRoomDirectoryVisibility: applicationServices,
}
