import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Rule } from './rule.ts'
import { bannedCalls } from './rules/banned-calls.ts'
import { bannedWords } from './rules/banned-words.ts'
import { endpointsAreExplained, storesAreExplained } from './rules/headers.ts'
import { shortFiles, shortFunctions, shortLines } from './rules/lengths.ts'
import { noJunkDrawers } from './rules/names.ts'
import { readTree } from './tree.ts'

const rules: readonly Rule[] = [
  shortFunctions,
  shortFiles,
  shortLines,
  ...bannedCalls,
  ...bannedWords,
  storesAreExplained,
  endpointsAreExplained,
  noJunkDrawers,
]
const tree = readTree(join(import.meta.dirname, '..', '..'))

describe.each(rules)('$name', (rule) => {
  test('finds what is wrong and leaves what is right', () => {
    expect(rule.bad.length).toBeGreaterThan(0)
    expect(rule.good.length).toBeGreaterThan(0)
    for (const file of rule.bad) expect(rule.check(file), file.text).not.toEqual([])
    for (const file of rule.good) expect(rule.check(file), file.text).toEqual([])
  })

  test('holds in the whole repository', () => {
    expect(tree.length).toBeGreaterThan(50)
    const found = tree.flatMap((file) => rule.check(file)).map(({ path, line, say }) => `${path}:${line}  ${say}`)
    expect(found.join('\n')).toBe('')
  }, 120_000)
})
