import { example, isScript, type Rule } from '../rule.ts'

const drawer = /(^|\/)(utils?|helpers?|commons?|misc|stuff|shared)(\/|\.[a-z.]+$)/

export const noJunkDrawers: Rule = {
  name: 'no file or folder is a drawer for everything',
  check: ({ path }) => {
    // Passwords that many people have are called common ones.
    if (!isScript(path) || !drawer.test(path) || /passwords\/common\.ts$/.test(path)) return []
    return [{ path, line: 1, say: 'Name it after the one idea that it holds.' }]
  },
  bad: [example('identity/utils.ts', ''), example('platform/helpers/dates.ts', ''), example('web/common.test.ts', '')],
  good: [example('identity/users.ts', ''), example('platform/shared-memory.ts', ''), example('docs/utils.md', '')],
}
