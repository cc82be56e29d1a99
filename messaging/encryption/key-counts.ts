import type { Db } from '#platform/api.ts'
import { unusedFallbackKeys } from '../store/fallback-keys.ts'
import { oneTimeKeyCounts } from '../store/one-time-keys.ts'
import { countsOf } from './one-time-keys.ts'
import type { DeviceId } from './to-device.ts'

export type DeviceKeyCounts = { oneTimeKeys: Record<string, number>; unusedFallbackKeyTypes: string[] }

type Asked = { readonly device: DeviceId; readonly answer: PromiseWithResolvers<DeviceKeyCounts> }

/**
 * What each answer of sync says of the device's keys. Whatever is asked for while a look is under way is looked up in the
 * next one together, so that a word to a thousand waiting clients costs a few queries and not two thousand.
 */
export class KeyCounts {
  readonly #db: Db
  #asked: Asked[] = []
  #isLooking = false

  constructor(deps: { db: Db }) {
    this.#db = deps.db
  }

  of(device: DeviceId): Promise<DeviceKeyCounts> {
    const answer = Promise.withResolvers<DeviceKeyCounts>()
    this.#asked.push({ device, answer })
    if (!this.#isLooking) {
      this.#isLooking = true
      setImmediate(() => void this.#look())
    }
    return answer.promise
  }

  async #look(): Promise<void> {
    while (this.#asked.length > 0) {
      const asked = this.#asked
      this.#asked = []
      try {
        const found = await this.#lookUp(asked.map(({ device }) => device))
        for (const { device, answer } of asked) answer.resolve(found(device))
      } catch (error) {
        for (const { answer } of asked) answer.reject(error)
      }
    }
    this.#isLooking = false
  }

  async #lookUp(devices: readonly DeviceId[]): Promise<(device: DeviceId) => DeviceKeyCounts> {
    const distinct = [...new Map(devices.map((device) => [nameOf(device), device])).values()]
    const [counts, unused] = await Promise.all([
      oneTimeKeyCounts(this.#db, distinct),
      unusedFallbackKeys(this.#db, distinct),
    ])
    const left = Map.groupBy(counts, nameOf)
    const spare = Map.groupBy(unused, nameOf)
    return (device) => ({
      oneTimeKeys: countsOf(left.get(nameOf(device)) ?? []),
      unusedFallbackKeyTypes: (spare.get(nameOf(device)) ?? []).map((row) => row.algorithm),
    })
  }
}

function nameOf({ userId, deviceId }: DeviceId): string {
  return `${userId}/${deviceId}`
}
