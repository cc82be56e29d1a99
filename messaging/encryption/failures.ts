import { serverOf } from '#matrix/api.ts'

/** Servers that could not be asked, each with an error in the form of all errors. */
export type Failures = { [serverName: string]: { errcode: string; error: string } }

/** Of people of other servers nothing can be told: this server speaks to no other. */
export function failuresOf(matrixIds: Iterable<string>, serverName: string): Failures {
  const failures: Failures = Object.create(null)
  for (const matrixId of matrixIds) {
    const server = serverOf(matrixId)
    if (server === undefined || server === serverName) continue
    failures[server] = { errcode: 'M_CONNECTION_FAILED', error: 'This server does not reach other servers.' }
  }
  return failures
}
