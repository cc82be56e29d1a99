import { clientPaths } from '#matrix/api.ts'

/** The second was in use before the specification took it up (MSC4133), and some clients ask there still. */
export const profileFieldPaths = [
  ...clientPaths('/profile/:userId/:keyName'),
  '/_matrix/client/unstable/uk.tcpip.msc4133/profile/:userId/:keyName',
]
