import type { ReceivedMail } from '#platform/api.ts'

/** A mail with its envelope in one piece of bytes: a line of JSON, and what the other server said. */
export function packMail({ raw, ...envelope }: ReceivedMail): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(envelope)}\n`), raw])
}

export function unpackMail(payload: Buffer): ReceivedMail {
  const end = payload.indexOf(0x0a)
  return { ...JSON.parse(payload.subarray(0, end).toString()), raw: payload.subarray(end + 1) }
}
