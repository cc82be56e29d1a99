import { expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { startTown } from '#testing/town.ts'

it('is bounded, one by one and together, and what is there can still be made smaller', async () => {
  await using town = await startTown()
  const alice = await town.person('alice')
  const put = async (type: string, bytes: number) => {
    const path = `/user/${encodeURIComponent(alice.id)}/account_data/${type}`
    const { status, json } = await alice.call('PUT', path, { body: { text: 'x'.repeat(bytes) } })
    return status === 200 ? 'kept' : json.errcode
  }
  const largest = limits.accountDataBytesMax - '{"text":""}'.length
  expect(await put('m.large', largest + 1)).toBe('M_TOO_LARGE')
  const fitting = limits.accountDataOfPersonBytesMax / limits.accountDataBytesMax - 1
  for (let n = 0; n < fitting; n++) expect(await put(`m.large.${n}`, largest)).toBe('kept')
  const one = limits.accountDataBytesMax / 2
  expect(await put('m.half', one)).toBe('kept')
  expect(await put('m.one.too.many', largest)).toBe('M_TOO_LARGE')
  expect(await put('m.large.0', 10)).toBe('kept')
  expect(await put('m.one.too.many', one)).toBe('kept')
})
