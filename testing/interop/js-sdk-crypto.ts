/** What a person does with a stock matrix-js-sdk client and its Rust crypto to be sure of others, and not to lose her keys. */
import { setTimeout as wait } from 'node:timers/promises'
import { ClientEvent, createClient, type MatrixClient, SyncState } from 'matrix-js-sdk'
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/CryptoEvent.js'
import {
  type CryptoApi,
  type GeneratedSecretStorageKey,
  type ShowSasCallbacks,
  VerificationPhase,
  type VerificationRequest,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js'
import { type Logger, logger } from 'matrix-js-sdk/lib/logger.js'
import { RustBackupManager } from 'matrix-js-sdk/lib/rust-crypto/backup.js'
import { until } from './until.ts'

const silent: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent }
Object.assign(logger, silent, { log() {} })
// Otherwise each backup begins up to ten seconds late, so that not all clients of a server come at once.
Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 })

type SecretKey = Uint8Array<ArrayBuffer>

/** One device of a person. */
export class CryptoClient {
  readonly client: MatrixClient
  readonly #requests: VerificationRequest[] = []

  private constructor(client: MatrixClient) {
    this.client = client
    client.on(CryptoEvent.VerificationRequestReceived, (request) => this.#requests.push(request))
  }

  /** `secretKey` opens what an earlier device of the person put into her secret storage. */
  static async signIn(url: string, user: string, password: string, secretKey?: SecretKey): Promise<CryptoClient> {
    const door = createClient({ baseUrl: url, logger: silent })
    const identifier = { type: 'm.id.user', user }
    const signedIn = await door.loginRequest({ type: 'm.login.password', identifier, password })
    const keys = new Map<string, SecretKey>()
    const client = createClient({
      baseUrl: url,
      accessToken: signedIn.access_token,
      userId: signedIn.user_id,
      deviceId: signedIn.device_id,
      logger: silent,
      cryptoCallbacks: {
        cacheSecretStorageKey: (keyId, _info, key) => void keys.set(keyId, key),
        async getSecretStorageKey({ keys: wanted }) {
          const [keyId = ''] = Object.keys(wanted)
          const key = keys.get(keyId) ?? secretKey
          return key === undefined ? null : [keyId, key]
        },
      },
    })
    const device = new CryptoClient(client)
    await client.initRustCrypto({ useIndexedDB: false })
    let isPrepared = false
    client.on(ClientEvent.Sync, (state) => {
      if (state === SyncState.Prepared || state === SyncState.Syncing) isPrepared = true
    })
    await client.startClient({ lazyLoadMembers: true })
    await until('the first sync', () => isPrepared)
    if (secretKey !== undefined) {
      // What is in the secret storage is held against what is published.
      const { crypto, userId } = device
      await eventually('the own keys', () => crypto.userHasCrossSigningKeys(userId, true))
    }
    return device
  }

  get crypto(): CryptoApi {
    const crypto = this.client.getCrypto()
    if (crypto === undefined) throw new Error('The client has no crypto.')
    return crypto
  }

  get userId(): string {
    return this.client.getSafeUserId()
  }

  /** Cross-signing keys, secret storage and a backup of keys. Answers the key of the secret storage. */
  async setUp(): Promise<SecretKey> {
    let made: GeneratedSecretStorageKey | undefined
    await this.crypto.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: async (makeRequest) => void (await makeRequest(null)),
    })
    await this.crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => {
        made = await this.crypto.createRecoveryKeyFromPassphrase()
        return made
      },
      setupNewSecretStorage: true,
      setupNewKeyBackup: true,
    })
    if (made === undefined) throw new Error('The client made no key for its secret storage.')
    return made.privateKey
  }

  /** The message as this device can read it, or undefined while it cannot. */
  read(roomId: string, body: string): boolean {
    const events = this.client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []
    return events.some((event) => event.getContent().body === body && event.isEncrypted())
  }

  /** Fetches what was said before this device was there. */
  async lookBack(roomId: string): Promise<void> {
    const room = await until('the room', () => this.client.getRoom(roomId) ?? undefined)
    await this.client.scrollback(room, 100)
  }

  hears(roomId: string, body: string): Promise<boolean> {
    return until(`the message "${body}"`, () => this.read(roomId, body))
  }

  async trusts(userId: string): Promise<void> {
    await eventually(`trust in ${userId}`, async () =>
      (await this.crypto.getUserVerificationStatus(userId)).isCrossSigningVerified(),
    )
  }

  /** The next request for verification that another device makes. */
  async requested(): Promise<VerificationRequest> {
    const request = await until('a request for verification', () => this.#requests.shift())
    await request.accept()
    return request
  }
}

/** Two devices compare short codes, as their people would by telephone. Answers what both were shown. */
export async function compareCodes(asking: VerificationRequest, asked: VerificationRequest): Promise<string[]> {
  await until('both to be ready', () => asking.phase === VerificationPhase.Ready)
  const first = await asking.startVerification('m.sas.v1')
  const second = await until('the other side to begin', () => asked.verifier)
  const codes = [shownBy(first), shownBy(second)]
  const done = Promise.all([first.verify(), second.verify()])
  const shown = await Promise.race([
    Promise.all(codes),
    done.then(() => Promise.reject(new Error('No code was shown.'))),
  ])
  await Promise.all(shown.map((code) => code.confirm()))
  await done
  return shown.map((code) => JSON.stringify(code.sas.decimal))
}

function shownBy(verifier: Verifier): Promise<ShowSasCallbacks> {
  return new Promise((resolve) => {
    verifier.on(VerifierEvent.ShowSas, resolve)
  })
}

/** Asks again and again until it is so. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 500; n++) {
    if (await isSo()) return
    await wait(50)
  }
  throw new Error(`Waited for ${what}.`)
}
