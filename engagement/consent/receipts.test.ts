import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CitizenOffice } from '#testing/citizen-office.ts'

let office: CitizenOffice
let folder: string
beforeAll(async () => {
  office = await CitizenOffice.open()
  folder = await mkdtemp(join(tmpdir(), 'chancery-receipt-'))
})
afterAll(async () => {
  await office[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

type Json = null | string | number | boolean | Json[] | { [key: string]: Json }

/** The value with one leaf changed, once for each leaf. */
function alterations(value: Json): Json[] {
  if (Array.isArray(value)) {
    return value.flatMap((one, at) => alterations(one).map((other) => value.toSpliced(at, 1, other)))
  }
  if (value !== null && typeof value === 'object') {
    const changed = Object.entries(value).flatMap(([key, one]) =>
      alterations(one).map((other) => ({ ...value, [key]: other })),
    )
    const dropped = Object.keys(value).map((key) =>
      Object.fromEntries(Object.entries(value).filter(([k]) => k !== key)),
    )
    return [...changed, ...dropped]
  }
  if (typeof value === 'number') return [value + 1]
  // The last character of base64 may hold bits that nobody reads.
  return [typeof value === 'string' ? `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}` : 1]
}

/** What the program of the document says of each, and its status. */
async function check(publicKey: string, receipts: readonly Json[]): Promise<{ said: string[]; status: number }> {
  const text = await readFile(new URL('../../docs/reference/consent-receipts.md', import.meta.url), 'utf8')
  const program = join(folder, 'check-receipt.mjs')
  await writeFile(program, /```js\n(.*?)```/s.exec(text)?.[1] ?? '')
  const files = receipts.map((_, n) => join(folder, `${n}.json`))
  await Promise.all(receipts.map((receipt, n) => writeFile(files[n] ?? '', JSON.stringify(receipt))))
  return new Promise((resolve) => {
    execFile(process.execPath, [program, publicKey, ...files], (error, out) => {
      const said = out.trimEnd().split('\n')
      resolve({ said: said.map((line) => line.slice(line.indexOf(': ') + 2)), status: Number(error?.code ?? 0) })
    })
  })
}

it('is checked by the program of its document, without this server, and no part of it can be another', async () => {
  const { clerk } = office
  const wordings = { en: 'We may write to you about floods. Größe “ä” 🌊' }
  const purpose = { agency: 'main', key: 'floods', title: 'Floods', basis: 'consent', wordings }
  const { id: purposeId } = await clerk.ok('POST', '/api/v1/purposes', purpose)
  const person = await office.citizen('+4915200077001')
  const consents = `/api/v1/people/${person}/consents`
  const given = await clerk.ok('POST', consents, { purposeId, act: 'grant' })
  const ended = await clerk.ok('POST', consents, { purposeId, act: 'withdraw' })
  const { publicKey } = await clerk.ok('GET', '/api/v1/consent_receipt_key')
  const receipts = await Promise.all(
    [given, ended].map(async ({ id }) => (await clerk.ok('GET', `${consents}/${id}/receipt`)) as Json),
  )
  expect(await check(publicKey, receipts)).toEqual({ said: ['holds', 'holds'], status: 0 })
  const others = alterations(receipts[0] ?? null)
  expect(others.length).toBeGreaterThan(40)
  const { said, status } = await check(publicKey, others)
  const unnoticed = others.filter((_, n) => said[n] === 'holds')
  expect(said.length).toBe(others.length)
  expect({ unnoticed, status }).toEqual({ unnoticed: [], status: 1 })
  const stranger = publicKey.replace(/^./, publicKey.startsWith('A') ? 'B' : 'A')
  expect((await check(stranger, receipts)).said).not.toContain('holds')
})
