/** The Matrix protocol as pure functions: no I/O, no clock, no randomness. */
export { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts'
export * from './events/pdu.ts'
export * from './json/json.ts'
export * from './room-versions/room-versions.ts'
