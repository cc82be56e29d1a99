import { afterAll, beforeAll, expect, it } from 'vitest'
import { DeskOffice, deskChannels } from '#testing/desk-office.ts'
import { bidi, poison, zalgo } from '#testing/poison.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let ada: TownPerson
let office: DeskOffice
beforeAll(async () => {
  town = await startTown({ channels: deskChannels })
  const boss = await town.person('boss', { role: 'owner' })
  ada = await town.person('ada')
  office = await DeskOffice.open(town, boss, 'main', [ada])
})
afterAll(() => town[Symbol.asyncDispose]())

it('words made to break readers are exported as they are, and nobody else’s export suffers', {
  timeout: 60_000,
}, async () => {
  const words = [
    bidi.replaceAll('\0', ''),
    zalgo.slice(0, 900),
    '{"a":'.repeat(200),
    '🏳️‍🌈\u202e\u2066',
    '<script>&"\'',
    '\\u0000',
  ]
  const other = await office.hears('+36301000011', 'A harmless question')
  const hers = await office.hears('+36301000012', words[0] ?? '')
  for (const text of words.slice(1)) await office.hears('+36301000012', text)
  await ada.ok('POST', `/api/v1/conversations/${hers.publicId}/take`, {})
  const tally = await poison(ada, hers.matrixRoomId)
  expect(Object.keys(tally).filter((status) => Number(status) >= 500)).toEqual([])
  const exported = async (addressId: number) => {
    const found = await office.desk.data.export({ agencyId: office.agencyId, personIds: [], addressIds: [addressId] })
    return JSON.parse(JSON.stringify(found))[0].messages
  }
  const messages = await exported(hers.addressId)
  expect(messages.filter((one: any) => one.from === 'you').map((one: any) => one.text)).toEqual(words)
  expect(await exported(other.addressId)).toEqual([
    { from: 'you', atMs: expect.any(Number), text: 'A harmless question' },
  ])
})
