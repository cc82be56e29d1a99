import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonObject, signJson } from '#matrix/api.ts'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import { queryKeys, TownDevice, TownIdentity } from '#testing/town-keys.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let count = 0
const person = () => town.person(`p${++count}`)
const username = (who: TownPerson) => who.id.slice(1, who.id.indexOf(':'))
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const password = (who: TownPerson, session?: string): JsonObject => ({
  auth: { type: 'm.login.password', password: townPassword, user: who.id, ...(session && { session }) },
})
const sign = (from: TownPerson, body: JsonObject) => from.ok('POST', '/keys/signatures/upload', body)
async function identified() {
  const who = await person()
  const [device, identity] = [new TownDevice(who), new TownIdentity(who)]
  await device.upload()
  await identity.upload()
  return { who, device, identity }
}

describe('cross-signing keys', () => {
  it('are published the first time and again without proof; others need the password', async () => {
    const who = await person()
    const first = new TownIdentity(who)
    expect((await first.upload()).status).toBe(200)
    expect((await first.upload()).status).toBe(200)
    const { master_key, self_signing_key } = first.body()
    expect((await who.call('POST', '/keys/device_signing/upload', { body: { master_key } })).status).toBe(200)
    const second = new TownIdentity(who)
    const challenge = await second.upload()
    expect([challenge.status, challenge.json.flows]).toEqual([401, [{ stages: ['m.login.password'] }]])
    expect((await queryKeys(who, who)).master_keys[who.id]).toEqual(first.masterKey)
    expect((await second.upload(password(who, challenge.json.session))).status).toBe(200)
    expect((await queryKeys(who, who)).master_keys[who.id]).toEqual(second.masterKey)
    // A self-signing key of the old master key is one of nobody.
    const old = await who.call('POST', '/keys/device_signing/upload', { body: { self_signing_key, ...password(who) } })
    expect([old.status, old.json.errcode]).toEqual([400, 'M_INVALID_SIGNATURE'])
  })

  it('may come one after another, each new one with proof', async () => {
    const who = await person()
    const identity = new TownIdentity(who)
    const { master_key, self_signing_key } = identity.body() as Record<string, JsonObject>
    const publish = async (body: object) => {
      const answer = await who.call('POST', '/keys/device_signing/upload', { body })
      return [answer.status, answer.json.errcode]
    }
    expect(await publish({ self_signing_key })).toEqual([400, 'M_MISSING_PARAM'])
    expect(await publish({})).toEqual([400, 'M_MISSING_PARAM'])
    expect(await publish({ master_key })).toEqual([200, undefined])
    expect(await publish({ self_signing_key })).toEqual([401, undefined])
    expect(await publish({ self_signing_key, ...password(who) })).toEqual([200, undefined])
    expect(await publish({ self_signing_key })).toEqual([200, undefined])
  })

  it('are refused in no shape, unsigned, of others, or with the name of a device', async () => {
    const { who } = await identified()
    const next = new TownIdentity(who)
    const { master_key = {}, self_signing_key = {} } = next.body()
    const publish = async (body: object) =>
      (await who.call('POST', '/keys/device_signing/upload', { body })).json.errcode as string
    const { signatures: _signatures, ...unsigned } = self_signing_key
    expect(await publish({ master_key, self_signing_key: unsigned })).toBe('M_INVALID_SIGNATURE')
    expect(await publish({ master_key: { ...master_key, user_id: '@x:town.example' } })).toBe('M_INVALID_PARAM')
    expect(await publish({ master_key: { ...master_key, usage: ['self_signing'] } })).toBe('M_INVALID_PARAM')
    expect(await publish({ master_key: { ...master_key, usage: 'master' } })).toBe('M_INVALID_PARAM')
    expect(await publish({ master_key: { ...master_key, keys: {} } })).toBe('M_INVALID_PARAM')
    expect(await publish({ master_key: { ...master_key, keys: { 'ed25519:a': 'b' } } })).toBe('M_INVALID_PARAM')
    expect(await publish({ master_key: { ...master_key, keys: { 'ed25519:b': 'b' } } })).toBe('M_INVALID_PARAM')
    expect(await publish({ master_key: { ...master_key, signatures: [] } })).toBe('M_BAD_JSON')
    expect(await publish({ master_key: 7 })).toBe('M_BAD_JSON')
    const named = { user: username(who), password: townPassword, device_id: next.master.publicKey }
    await who.ok('POST', '/login', { type: 'm.login.password', ...named })
    expect(await publish({ master_key })).toBe('M_FORBIDDEN')
  })

  it('are told to all but the user-signing key, which is her own affair', async () => {
    const [{ who, identity }, other] = [await identified(), await person()]
    const body = identity.body()
    expect(await queryKeys(who, who)).toMatchObject({
      master_keys: { [who.id]: body.master_key },
      self_signing_keys: { [who.id]: body.self_signing_key },
      user_signing_keys: { [who.id]: body.user_signing_key },
    })
    const told = await queryKeys(other, who)
    expect(told.self_signing_keys).toEqual({ [who.id]: body.self_signing_key })
    expect(told.user_signing_keys).toEqual({})
  })

  it('are one set, whoever of several devices comes first', async () => {
    const who = await person()
    const second = await town.signIn(username(who))
    const answers = await Promise.all([who, second, who, second].map((device) => new TownIdentity(device).upload()))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401, 401, 401])
  })
})

describe('signatures', () => {
  it('of a person upon her device and of the device upon her are seen by all', async () => {
    const [{ who, device, identity }, other] = [await identified(), await person()]
    const signedDevice = signJson(device.keys, who.id, identity.selfSigning)
    const signedMaster = signJson(identity.masterKey, who.id, device.signing)
    const { signatures: _old, ...bare } = signedDevice
    const onlyNew = signJson(bare, who.id, identity.selfSigning)
    expect(
      await sign(who, { [who.id]: { [who.deviceId]: onlyNew, [identity.master.publicKey]: signedMaster } }),
    ).toEqual({ failures: {} })
    for (const reader of [who, other]) {
      const told = await queryKeys(reader, who)
      expect(told.device_keys[who.id][who.deviceId]).toEqual({ ...signedDevice, unsigned: {} })
      expect(told.master_keys[who.id]).toEqual(signedMaster)
    }
    // Published again by the device, which knows nothing of it, it stays signed.
    await device.upload()
    expect((await queryKeys(other, who)).device_keys[who.id][who.deviceId]).toEqual({ ...signedDevice, unsigned: {} })
  })

  it('upon the keys of others are seen by who made them, and by nobody else', async () => {
    const [alice, bob, cyd] = [await identified(), await identified(), await person()]
    const signed = signJson(bob.identity.masterKey, alice.who.id, alice.identity.userSigning)
    const target = { [bob.who.id]: { [bob.identity.master.publicKey]: signed } }
    expect(await sign(alice.who, target)).toEqual({ failures: {} })
    expect((await queryKeys(alice.who, bob.who)).master_keys[bob.who.id]).toEqual(signed)
    for (const reader of [bob.who, cyd]) {
      expect((await queryKeys(reader, bob.who)).master_keys[bob.who.id]).toEqual(bob.identity.masterKey)
    }
    const [row] = await town.postgres.rows<{ sealed: Buffer }>('select sealed from key_signature')
    const signature = ((signed.signatures as any)[alice.who.id] as JsonObject)[alice.identity.userSigning.keyId]
    expect(row?.sealed.includes(String(signature))).toBe(false)
    // Whoever becomes somebody new is vouched for by nobody, and vouches for nobody.
    const anew = new TownIdentity(bob.who)
    expect((await anew.upload(password(bob.who))).status).toBe(200)
    expect((await queryKeys(alice.who, bob.who)).master_keys[bob.who.id]).toEqual(anew.masterKey)
    expect(await town.postgres.rows('select 1 from key_signature')).toEqual([])
  })

  it('that do not hold are answered one by one, and the others are taken in', async () => {
    const [alice, bob] = [await identified(), await identified()]
    const [mine, theirs] = [alice.identity, bob.identity]
    const { failures } = await sign(alice.who, {
      [alice.who.id]: {
        [alice.who.deviceId]: signJson({ ...alice.device.keys, algorithms: [] }, alice.who.id, mine.selfSigning),
        [mine.master.publicKey]: signJson(mine.masterKey, alice.who.id, alice.device.signing),
        NODEVICE: signJson(alice.device.keys, alice.who.id, mine.selfSigning),
      },
      [bob.who.id]: {
        [theirs.master.publicKey]: signJson(theirs.masterKey, alice.who.id, mine.selfSigning),
        [bob.who.deviceId]: signJson(bob.device.keys, alice.who.id, mine.userSigning),
      },
      '@nobody:town.example': { key: {} },
    })
    const codes = Object.fromEntries(
      Object.entries(failures as Record<string, Record<string, { errcode: string }>>).map(([id, ofPerson]) => [
        id,
        Object.fromEntries(Object.entries(ofPerson).map(([key, { errcode }]) => [key, errcode])),
      ]),
    )
    expect(codes).toEqual({
      [alice.who.id]: { [alice.who.deviceId]: 'M_INVALID_SIGNATURE', NODEVICE: 'M_NOT_FOUND' },
      [bob.who.id]: { [theirs.master.publicKey]: 'M_INVALID_SIGNATURE', [bob.who.deviceId]: 'M_NOT_FOUND' },
      '@nobody:town.example': { key: 'M_NOT_FOUND' },
    })
    const master = (await queryKeys(bob.who, alice.who)).master_keys[alice.who.id]
    expect(Object.keys(master.signatures[alice.who.id])).toEqual([alice.device.signing.keyId])
    const forged = { ...signJson(theirs.masterKey, alice.who.id, mine.userSigning) }
    const wrong = { [mine.userSigning.keyId]: 'A'.repeat(86) }
    const answer = await sign(alice.who, {
      [bob.who.id]: { [theirs.master.publicKey]: { ...forged, signatures: { [alice.who.id]: wrong } } },
    })
    expect(answer.failures[bob.who.id][theirs.master.publicKey].errcode).toBe('M_INVALID_SIGNATURE')
  })
})
