import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

/** The declarations of the first rule after `start`, in order. */
function declarationsAfter(start: string): string[] {
  const at = css.indexOf(start)
  expect(at, start).toBeGreaterThan(0)
  const body = css.slice(css.indexOf('{', css.indexOf(':root', at)) + 1)
  return body
    .slice(0, body.indexOf('}'))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

test.each([
  ['dark', '@media (prefers-color-scheme: dark)'],
  ['contrast', '@media (prefers-contrast: more)'],
])('the %s theme is the same whether the system or the person wishes it', (theme, wish) => {
  const chosen = declarationsAfter(`:root[data-theme="${theme}"]`)
  expect(chosen.length).toBeGreaterThan(50)
  expect(declarationsAfter(wish)).toEqual(chosen)
})
