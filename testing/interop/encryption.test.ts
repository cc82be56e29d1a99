/** Stock matrix-js-sdk clients with Rust crypto: what Element does to be sure of people and to lose no words. */
import { MsgType, Preset } from 'matrix-js-sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '../town.ts'
import { CryptoClient, compareCodes, eventually } from './js-sdk-crypto.ts'

let town: Town
const clients: CryptoClient[] = []
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  for (const { client } of clients) client.stopClient()
  await town[Symbol.asyncDispose]()
})

async function signIn(username: string, secretKey?: Uint8Array<ArrayBuffer>): Promise<CryptoClient> {
  const device = await CryptoClient.signIn(town.url, username, townPassword, secretKey)
  clients.push(device)
  return device
}

async function newPerson(username: string): Promise<CryptoClient> {
  await town.chancery.identity.accounts.create({ username, password: townPassword, role: 'member' })
  return signIn(username)
}

async function encryptedRoom(by: CryptoClient, other: CryptoClient): Promise<string> {
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }
  const { room_id: roomId } = await by.client.createRoom({
    preset: Preset.TrustedPrivateChat,
    is_direct: true,
    invite: [other.userId],
    initial_state: [encryption],
  })
  await other.client.joinRoom(roomId)
  await eventually('both to be in the room', async () =>
    [by, other].every((one) => one.client.getRoom(roomId)?.getMember(other.userId)?.membership === 'join'),
  )
  return roomId
}

const say = (from: CryptoClient, roomId: string, body: string) =>
  from.client.sendMessage(roomId, { msgtype: MsgType.Text, body })

describe('stock clients with Rust crypto', () => {
  it('talk encrypted, verify each other, and read everything on a new device', { timeout: 120_000 }, async () => {
    const [ada, ben] = [await newPerson('ada'), await newPerson('ben')]
    const secretKey = await ada.setUp()
    await ben.setUp()
    const roomId = await encryptedRoom(ada, ben)
    await say(ada, roomId, 'The tide turns at nine.')
    await ben.hears(roomId, 'The tide turns at nine.')
    await say(ben, roomId, 'We sail at ten.')
    await ada.hears(roomId, 'We sail at ten.')

    const asking = await ada.crypto.requestVerificationDM(ben.userId, roomId)
    const [mine, his] = await compareCodes(asking, await ben.requested())
    expect(mine).toBe(his)
    await ada.trusts(ben.userId)
    await ben.trusts(ada.userId)

    // A third device, verified by the first: from it comes what it needs, by messages from device to device.
    const tablet = await signIn('ada')
    await tablet.crypto.getUserDeviceInfo([ada.userId], true)
    const own = await tablet.crypto.requestOwnUserVerification()
    const [onTablet, onDesk] = await compareCodes(own, await ada.requested())
    expect(onTablet).toBe(onDesk)
    await say(tablet, roomId, 'From the tablet.')
    await ben.hears(roomId, 'From the tablet.')
    // The other device vouched for him, and this one was told so by the server.
    await tablet.trusts(ben.userId)
    const { version = '' } = (await tablet.crypto.getKeyBackupInfo()) ?? {}
    await eventually('the backup', async () => Number((await tablet.crypto.getKeyBackupInfo())?.count) >= 2)
    await eventually('the key of the backup', async () => (await tablet.crypto.getSessionBackupPrivateKey()) !== null)
    expect((await tablet.crypto.restoreKeyBackup()).imported).toBeGreaterThanOrEqual(2)
    await tablet.lookBack(roomId)
    await tablet.hears(roomId, 'We sail at ten.')

    // A fourth knows nothing but the key of the secret storage.
    const phone = await signIn('ada', secretKey)
    await phone.crypto.bootstrapCrossSigning({})
    await phone.crypto.loadSessionBackupPrivateKeyFromSecretStorage()
    expect((await phone.crypto.checkKeyBackupAndEnable())?.backupInfo.version).toBe(version)
    expect((await phone.crypto.restoreKeyBackup()).imported).toBeGreaterThanOrEqual(2)
    await phone.lookBack(roomId)
    await phone.hears(roomId, 'The tide turns at nine.')
    await phone.hears(roomId, 'We sail at ten.')
    await say(ben, roomId, 'All aboard.')
    for (const device of [ada, tablet, phone]) await device.hears(roomId, 'All aboard.')
  })

  it('receive keys while nobody is signed in, on a dehydrated device', { timeout: 120_000 }, async () => {
    const [cyd, dan] = [await newPerson('cyd'), await newPerson('dan')]
    const secretKey = await cyd.setUp()
    await dan.setUp()
    const roomId = await encryptedRoom(cyd, dan)
    expect(await cyd.crypto.isDehydrationSupported()).toBe(true)
    await cyd.crypto.startDehydration()
    const { userId } = cyd
    await eventually('the dehydrated device to be seen', async () => {
      const devices = (await dan.crypto.getUserDeviceInfo([userId], true)).get(userId)
      return [...(devices?.values() ?? [])].some((device) => device.dehydrated)
    })
    cyd.client.stopClient()
    await cyd.client.logout(true)
    await eventually('the device to be gone', async () => {
      const devices = (await dan.crypto.getUserDeviceInfo([userId], true)).get(userId)
      return ![...(devices?.keys() ?? [])].includes(cyd.client.getDeviceId() ?? '')
    })
    await say(dan, roomId, 'Said into an empty house.')

    const again = await signIn('cyd', secretKey)
    await again.crypto.bootstrapCrossSigning({})
    await again.crypto.startDehydration({ rehydrate: true })
    await again.hears(roomId, 'Said into an empty house.')
  })
})
