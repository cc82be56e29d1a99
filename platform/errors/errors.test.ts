import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ErrorCode, errorCodes } from './codes.ts'
import { errorsReference } from './reference.ts'
import { refuse } from './refusal.ts'

const root = new URL('../..', import.meta.url).pathname

test('the reference in docs is the table', async () => {
  await expect(errorsReference()).toMatchFileSnapshot('../../docs/reference/errors.md')
})

test('every code that the source refuses with stands in the table', () => {
  const used = new Set<string>()
  for (const folder of ['access', 'identity', 'messaging', 'platform', 'server']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.ts')) continue
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
      for (const [, code] of text.matchAll(/refuse\(\s*'([A-Z_]+)'/g)) used.add(code!)
    }
  }
  expect(used.size).toBeGreaterThan(5)
  expect([...used].filter((code) => !(code in errorCodes))).toEqual([])
})

test('statuses are errors, names and meanings are whole, and the order is alphabetical by family', () => {
  for (const [code, { status, meaning }] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^((IO\.ELEMENT\.MSC\d+\.)?M|CHANCERY)_[A-Z0-9_]+$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(meaning).toMatch(/^[A-Z].*[.]$/)
  }
  const codes = Object.keys(errorCodes)
  for (const family of ['M_', 'IO.', 'CHANCERY_']) {
    const ours = codes.filter((code) => code.startsWith(family))
    expect(ours).toEqual(ours.toSorted())
  }
})

test('a refusal answers with its code, its sentence and its fields, and with nothing else', () => {
  const refusal = refuse('M_LIMIT_EXCEEDED', 'Wait a moment.', {
    fields: { retry_after_ms: 5, errcode: 'M_FORGED', error: 'forged' },
    detail: 'for the log',
  })
  expect(refusal.status).toBe(429)
  expect(refusal.toAnswer()).toEqual({ errcode: 'M_LIMIT_EXCEEDED', error: 'Wait a moment.', retry_after_ms: 5 })
  expect(refuse('M_UNKNOWN' satisfies ErrorCode, 'Known after all.', { status: 400 }).status).toBe(400)
})
