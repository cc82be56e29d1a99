import { describe, expect, it } from 'vitest'
import { optionKeys, optionOf } from './options.ts'
import { optionsHelp, optionsReference } from './reference.ts'

describe('the help', () => {
  it('has every option with its meaning, in lines that fit a terminal', () => {
    const help = optionsHelp()
    const words = help.replaceAll(/\s+/g, ' ')
    for (const key of optionKeys) {
      expect(help).toContain(`\n  --${optionOf(key).name}`)
      expect(words).toContain(optionOf(key).meaning)
    }
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('docs/reference/options.md', () => {
  // After a change of the table: npx vitest run platform/config --update
  it('is what the table says', async () => {
    await expect(optionsReference()).toMatchFileSnapshot('../../docs/reference/options.md')
  })
})
