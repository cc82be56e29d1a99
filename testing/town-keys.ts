import { encodeBase64, type JsonObject, type SigningKey, signingKeyFromSeed, signJson } from '#matrix/api.ts'
import { seededRandom } from './seeded-random.ts'
import type { TownPerson } from './town-person.ts'

let made = 0
const random = seededRandom(4711)

/** A signing key whose id is its public key, as cross-signing keys have it, or the name given. */
function keyNamed(name?: string): SigningKey {
  made += 1
  const bare = signingKeyFromSeed(random.bytes(32), `k${made}`)
  const keyId = `ed25519:${name ?? bare.publicKey}`
  return { ...bare, keyId }
}

/** The keys of one device, with their private halves: what a client would make. */
export class TownDevice {
  readonly who: TownPerson
  readonly signing: SigningKey
  readonly keys: JsonObject
  #count = 0

  constructor(who: TownPerson, deviceId = who.deviceId) {
    this.who = who
    this.signing = keyNamed(deviceId)
    const object = {
      user_id: who.id,
      device_id: deviceId,
      algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
      keys: {
        [`curve25519:${deviceId}`]: encodeBase64(random.bytes(32)),
        [`ed25519:${deviceId}`]: this.signing.publicKey,
      },
    }
    this.keys = signJson(object, who.id, this.signing)
  }

  /** Keys of the algorithm that everybody uses, under names that this device has not used. */
  oneTimeKeys(count: number, more: JsonObject = {}): { [name: string]: JsonObject } {
    const keys = Array.from({ length: count }, () => {
      this.#count += 1
      const key = signJson({ key: encodeBase64(random.bytes(32)), ...more }, this.who.id, this.signing)
      return [`signed_curve25519:AAA${this.#count}`, key] as const
    })
    return Object.fromEntries(keys)
  }

  upload(body: JsonObject = { device_keys: this.keys }): Promise<{ one_time_key_counts: Record<string, number> }> {
    return this.who.ok('POST', '/keys/upload', body)
  }
}

/** The three keys by which a person vouches. */
export class TownIdentity {
  readonly who: TownPerson
  readonly master = keyNamed()
  readonly selfSigning = keyNamed()
  readonly userSigning = keyNamed()

  constructor(who: TownPerson) {
    this.who = who
  }

  #object(usage: string, key: SigningKey): JsonObject {
    return { user_id: this.who.id, usage: [usage], keys: { [key.keyId]: key.publicKey } }
  }

  get masterKey(): JsonObject {
    return this.#object('master', this.master)
  }

  /** The body that publishes them. */
  body(): { [field: string]: JsonObject } {
    return {
      master_key: this.masterKey,
      self_signing_key: signJson(this.#object('self_signing', this.selfSigning), this.who.id, this.master),
      user_signing_key: signJson(this.#object('user_signing', this.userSigning), this.who.id, this.master),
    }
  }

  upload(more: JsonObject = {}) {
    return this.who.call('POST', '/keys/device_signing/upload', { body: { ...this.body(), ...more } })
  }
}

/** What a person is told of the keys of others. */
export const queryKeys = (who: TownPerson, ...people: TownPerson[]): Promise<any> =>
  who.ok('POST', '/keys/query', { device_keys: Object.fromEntries(people.map(({ id }) => [id, []])) })
