import type { JsonObject } from '#matrix/api.ts'
import type { SealingKey } from '#platform/api.ts'

/** JSON under a key; `purpose` and `subject` as for `SealingKey.seal`. */
export function sealJson(key: SealingKey, purpose: string, subject: string, value: object): Buffer {
  return key.seal(purpose, subject, Buffer.from(JSON.stringify(value)))
}

export function openJson<T = JsonObject>(key: SealingKey, purpose: string, subject: string, sealed: Buffer): T {
  return JSON.parse(key.open(purpose, subject, sealed).toString('utf8')) as T
}
