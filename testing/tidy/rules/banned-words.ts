import { example, linesThat, type Rule } from '../rule.ts'

/** These files name the words in order to forbid them. */
const isRuleItself = (path: string) => path.startsWith('testing/tidy/rules/')

/** What has no place in any text of the repository: it speaks of itself only, and to people who were never here. */
const words: readonly { word: RegExp; instead: string; bad: string; good: string }[] = [
  {
    word: /\b[Ss]ession #?\d+\b|\b[Ii]ssue #?\d+\b|\bpull request #?\d+\b|[( ]#\d{1,5}\b(?=[).,; ]|$)/,
    instead: 'Say what is so and why; who asked for it, and when, is history.',
    bad: '// as decided in issue #12',
    good: '// A session ends after 30 days; see section 12, colour #123456.',
  },
  {
    word: /(^|[^\w./~-])\/(root|home|Users)\/[\w.-]+/,
    instead: 'No path of one machine: name things relative to the repository.',
    bad: 'const folder = "/home/somebody/chancery"',
    good: 'see docs/home/plan.md and https://example.org/home/page',
  },
  {
    word: /registry\.\w+\.(org|com|net|cn)\b|"resolved":/,
    instead: 'Lock files and texts name no registry host: they serve behind any mirror.',
    bad: '      "resolved": "https://registry.example.org/x/-/x-1.0.0.tgz",',
    good: '      "integrity": "sha512-x",',
  },
  {
    word: /\b(TODO|FIXME|XXX|HACK)\b/,
    instead: 'Do it, or say in a sentence what is not supported.',
    bad: '// TODO: limits',
    good: '// Limits are not supported here: rooms are small.',
  },
]

export const bannedWords: readonly Rule[] = words.map(({ word, instead, bad, good }) => ({
  name: `no text says ${word.source}`,
  check: ({ path, text }) => {
    if (isRuleItself(path) || path === 'LICENSE') return []
    return linesThat(text, word).map((line) => ({ path, line, say: instead }))
  },
  bad: [example('docs/x.md', bad)],
  good: [example('docs/x.md', good)],
}))
