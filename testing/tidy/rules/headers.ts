import { example, isScript, isTest, type Rule } from '../rule.ts'

const header = (text: string) => /^\s*(\/\*\*[\s\S]*?\*\/|(\/\/.*\n)+)/.exec(text)?.[0] ?? ''
const importsThenHeader = (text: string) =>
  header(text.replace(/^(import [\s\S]*?from '[^']+'\n|import '[^']+'\n|\s*\n)*/, ''))

/** The comment that opens the file, before or right after its imports. */
const opening = (text: string) => header(text) || importsThenHeader(text)

export const storesAreExplained: Rule = {
  name: 'every file of a store opens with a comment that explains its table',
  check: ({ path, text }) => {
    if (!/(^|\/)store\/[^/]+\.ts$/.test(path) || isTest(path) || opening(text) !== '') return []
    return [{ path, line: 1, say: 'Open the file with its table: what a row is, and each column that is not obvious.' }]
  },
  bad: [example('identity/store/users.ts', `import { sql } from '#platform/api.ts'\nconst a = sql('a', 'SELECT 1')\n`)],
  good: [
    example('identity/store/users.ts', `/** users: one row a person. */\nconst a = 1\n`),
    example(
      'identity/store/users.ts',
      `import { sql } from '#platform/api.ts'\n\n/**\n * users: one row a person.\n */\nconst a = 1\n`,
    ),
    example('identity/users/a.ts', 'const a = 1\n'),
  ],
}

const method = /\b(GET|PUT|POST|DELETE|PATCH|OPTIONS)\b/
const address = /\/(_matrix|_synapse|_chancery|api\/v1|hooks|c|health|metrics|\.well-known)\b/

export const endpointsAreExplained: Rule = {
  name: 'every endpoint opens with its method, path and, for Matrix, a link to the specification',
  check: ({ path, text }) => {
    const isEndpoint =
      /^(?!platform\/)[^/]+\/http\/(.+\/)?[^/]+\.ts$/.test(path) &&
      !isTest(path) &&
      isScript(path) &&
      /\broute(<[^(]*>)?\(/.test(text)
    if (!isEndpoint) return []
    const words = opening(text)
    const missing = []
    if (!method.test(words)) missing.push('the method')
    if (!address.test(words)) missing.push('the path')
    if (/\/_matrix\b/.test(words) && !words.includes('https://spec.matrix.org/'))
      missing.push('a link to https://spec.matrix.org/')
    return missing.length === 0 ? [] : [{ path, line: 1, say: `The opening comment lacks ${missing.join(' and ')}.` }]
  },
  bad: [
    example('messaging/http/send.ts', 'export const send = route({})\n'),
    example(
      'messaging/http/send.ts',
      '/** PUT /_matrix/client/v3/rooms/{roomId}/send */\nexport const send = route({})\n',
    ),
  ],
  good: [
    example(
      'messaging/http/send.ts',
      '/**\n * PUT /_matrix/client/v3/rooms/{roomId}/send\n * https://spec.matrix.org/v1.16/client-server-api/#put\n */\nexport const send = route({})\n',
    ),
    example(
      'identity/http/set-up.ts',
      '/** POST /api/v1/setup makes the first account. */\nexport const setUp = route({})\n',
    ),
    example('messaging/http/routes.ts', 'export const routes = [send]\n'),
  ],
}
