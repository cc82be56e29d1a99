import { expect, it } from 'vitest'
import { rates } from '../limits.ts'
import { limitsWith, type SettableLimit, settableLimits } from '../settable-limits.ts'
import { ConfigRefused } from './config-refused.ts'
import { readConfig } from './read-config.ts'
import { shownSettings } from './shown-settings.ts'

const read = (...argv: string[]) => readConfig({ argv, env: {}, readFile: () => '' }).config

it('administrators see what is set, and of secrets only that they are', () => {
  const url = 'postgres://somebody:hunter2@db/chancery'
  const shown = shownSettings(read('--database-url', url, '--rates', 'login=100/5, message=600/0.5', '--guests', 'on'))
  expect(JSON.stringify(shown)).not.toContain('hunter2')
  expect(shown.options).toMatchObject({ 'database-url': true, 'registration-shared-secret': false, guests: true })
  expect(shown.options).toMatchObject({ registration: 'closed', 'terms-page': null, 'access-token-minutes': 60 })
  expect(shown.rates).toMatchObject({ login: { burst: 100, perSecond: 5 }, message: { burst: 600, perSecond: 0.5 } })
  expect(shown.rates.join).toEqual({ burst: rates.join.burst, perSecond: rates.join.perSecond })
  expect(Object.keys(shown.rates)).toEqual(Object.keys(rates))
})

it.each(['login', 'login=5', 'login=0/1', 'login=1/0', 'nothing=1/1', 'constructor=1/1', 'login=-1/1', ''])(
  'rates cannot be %j',
  (text) => {
    expect(() => read('--rates', text)).toThrow(ConfigRefused)
  },
)

it('says which limits hold', () => {
  const shown = shownSettings(read('--limits', 'tagsMax=7, passwordCharactersMin=20'))
  expect(shown.limits).toEqual({ ...limitsWith(), tagsMax: 7, passwordCharactersMin: 20 })
})

it.each([
  'tagsMax',
  'tagsMax=',
  'tagsMax=0',
  'tagsMax=1001',
  'tagsMax=-1',
  'tagsMax=1.5',
  'eventBytesMax=9',
  'toString=9',
])('limits cannot be %j', (text) => {
  expect(() => read('--limits', text)).toThrow(ConfigRefused)
})

it('bounds every limit round what it usually is', () => {
  for (const [name, value] of Object.entries(limitsWith())) {
    const { from, to } = settableLimits[name as SettableLimit]
    expect([name, from <= value && value <= to]).toEqual([name, true])
  }
})
