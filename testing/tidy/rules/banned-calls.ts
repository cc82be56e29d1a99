import { codeOnly } from '../code.ts'
import { example, isScript, isServerCode, isTest, linesThat, type Rule } from '../rule.ts'

/** A way around a door: where it is forbidden, where the door itself stands, and what to use instead. */
type Ban = { call: RegExp; where: (path: string) => boolean; door: RegExp; instead: string; bad: string; good: string }

const isDomain = (path: string) => isServerCode(path) && !/^(platform|server)\//.test(path)
const isWeb = (path: string) => path.startsWith('web/') && isScript(path) && !isTest(path)

const bans: readonly Ban[] = [
  {
    call: /\bDate\.now\(|\bnew Date\(\s*\)/,
    where: isServerCode,
    door: /^platform\/(clock\.ts|data-directory\/)/,
    instead: 'Take a Clock (#platform/api.ts) and ask clock.nowMs(), so that a test can set the time.',
    bad: 'const now = Date.now()',
    good: 'const at = new Date(clock.nowMs())',
  },
  {
    call: /\bMath\.random\(|\brandom(Bytes|UUID|Int|FillSync|Fill)\(|\bgetRandomValues\(/,
    where: isServerCode,
    door: /^platform\/(random\.ts|vault\/|data-directory\/)/,
    instead: 'Take a Random (#platform/api.ts), so that a test can repeat what happened.',
    bad: 'const token = randomBytes(32)',
    good: 'const token = random.token(32)',
  },
  {
    call: /\bMath\.random\(/,
    where: isWeb,
    door: /^$/,
    instead: 'Use crypto.getRandomValues or crypto.randomUUID.',
    bad: 'const id = Math.random()',
    good: 'const id = crypto.randomUUID()',
  },
  {
    call: /\bconsole\.\w+\(/,
    where: isServerCode,
    door: /^server\//,
    instead: 'Log through the logger that you are given; only server/ speaks to the person who started it.',
    bad: `console.log('here')`,
    good: `log.info({ count }, 'Stored.')`,
  },
  {
    call: /\bconsole\.(log|info|debug|dir)\(/,
    where: isWeb,
    door: /^$/,
    instead: 'Show it to the person, or let it go; console.error is for a failure that somebody will look into.',
    bad: `console.log('here')`,
    good: `console.error('The room could not be opened.', error)`,
  },
  {
    call: /(^|[^.#\w])fetch\(/,
    where: isServerCode,
    door: /^platform\/outbound\//,
    instead: 'Requests to the outside go through platform/outbound, which guards addresses, sizes and time.',
    bad: 'const answer = await fetch(url)',
    good: 'const page = await pages.fetch(id)',
  },
  {
    call: /\bsetInterval\(/,
    where: isServerCode,
    door: /^platform\/(clock|jobs|telemetry)\b/,
    instead: 'Loop over clock.sleep(ms, signal), or make it a job: a timer that nobody stops outlives its owner.',
    bad: 'setInterval(sweep, 1000)',
    good: 'await clock.sleep(1000, signal)',
  },
  {
    call: /\bprocess\.(env|exit|argv|on)\b/,
    where: isDomain,
    door: /^$/,
    instead: 'The process belongs to server/ and configuration to platform/config. Take the value as an argument.',
    bad: 'const host = process.env.HOST',
    good: 'const host = config.host',
  },
]

/** One rule for each ban; comments and strings may say the name. */
export const bannedCalls: readonly Rule[] = bans.map((ban) => {
  const path = ['identity/x.ts', 'web/ui/x.ts'].find(ban.where) ?? 'identity/x.ts'
  return {
    name: `no ${ban.call.source} outside its door (${path.split('/')[0]})`,
    check: (file) => {
      if (!ban.where(file.path) || ban.door.test(file.path)) return []
      return linesThat(codeOnly(file), ban.call).map((line) => ({ path: file.path, line, say: ban.instead }))
    },
    bad: [example(path, ban.bad)],
    good: [
      example(path, ban.good),
      example(path, `// ${ban.bad}`),
      example(path, `const said = ${JSON.stringify(ban.bad)}`),
      example('testing/x.ts', ban.bad),
    ],
  }
})
