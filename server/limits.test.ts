import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let owner: TownPerson
let room: string
beforeAll(async () => {
  town = await startTown({
    limits: {
      passwordCharactersMin: 20,
      devicesOfPersonMax: 2,
      accountDataBytesMax: 65_536,
      accountDataOfPersonBytesMax: 262_144,
      tagsMax: 2,
      delayedEventsPerPersonMax: 1,
      delayedEventMsMax: 60_000,
      oneTimeKeysMax: 100,
      pushersOfPersonMax: 1,
      mediaPendingMax: 1,
      bodyBytesMax: 300_000,
    },
  })
  owner = await town.person('owner', { role: 'owner' })
  room = await owner.createRoom()
})
afterAll(() => town[Symbol.asyncDispose]())

const mine = () => `/user/${encodeURIComponent(owner.id)}`
const codes = async (...asked: Promise<{ json: any }>[]) => (await Promise.all(asked)).map(({ json }) => json.errcode)
const put = (path: string, body: object) => owner.call('PUT', path, { body })
const post = (path: string, body: object) => owner.call('POST', path, { body })
const later = (delay: number, n: number) =>
  put(`${roomPath(room)}/send/m.room.message/l${n}?org.matrix.msc4140.delay=${delay}`, { msgtype: 'm.text', body: 'x' })

it('are what the setting says', async () => {
  const text = (length: number) => ({ text: 'x'.repeat(length) })
  expect(await codes(put(`${mine()}/account_data/a`, text(65_000)))).toEqual([undefined])
  expect(await codes(put(`${mine()}/account_data/a`, text(66_000)))).toEqual(['M_TOO_LARGE'])
  for (const type of ['b', 'c', 'd']) await put(`${mine()}/account_data/${type}`, text(65_000))
  expect(await codes(put(`${mine()}/account_data/e`, text(65_000)))).toEqual(['M_TOO_LARGE'])

  expect(await codes(later(61_000, 1))).toEqual(['M_UNKNOWN'])
  expect(await codes(later(60_000, 2))).toEqual([undefined])
  expect(await codes(later(60_000, 3))).not.toEqual([undefined])

  const tag = (name: string) => put(`${mine()}${roomPath(room)}/tags/${name}`, {})
  expect([await codes(tag('u.a')), await codes(tag('u.b')), await codes(tag('u.c'))].flat()).toEqual([
    undefined,
    undefined,
    'M_TOO_LARGE',
  ])
  const create = () => post('/_matrix/media/v1/create', {})
  expect([await codes(create()), await codes(create())].flat()).toEqual([undefined, 'M_LIMIT_EXCEEDED'])
  expect((await put(`${mine()}/account_data/f`, text(300_001))).status).toBe(413)
})

it('are told to administrators', async () => {
  const { limits } = await owner.ok('GET', '/api/v1/settings')
  expect(limits).toMatchObject({ tagsMax: 2, passwordCharactersMin: 20, transactionIdDays: 30 })
})

it('bound passwords and devices', async () => {
  const body = { new_password: 'seventeen letters', auth: { type: 'm.login.password', password: 'x' } }
  expect((await post('/account/password', body)).json.error).toContain('at least 20 characters')
  await town.signIn('owner')
  await expect(town.signIn('owner')).rejects.toThrow('too many devices')
})
