import { type Rate, rates } from '../limits.ts'
import { type Limits, limitsWith } from '../settable-limits.ts'
import { type OptionKey, optionKeys, optionOf } from './options.ts'
import type { Config } from './read-config.ts'

export type ShownSettings = {
  readonly options: Readonly<Record<string, unknown>>
  readonly rates: Readonly<Record<string, Pick<Rate, 'burst' | 'perSecond'>>>
  readonly limits: Limits
}

/** What an administrator may see of how the server is set up: everything but secrets, of which only that they are set. */
export function shownSettings(config: Config): ShownSettings {
  const values: Partial<Record<OptionKey, unknown>> = { ...config }
  const shown = optionKeys
    .filter((key) => key !== 'rates' && key !== 'limits' && Object.hasOwn(values, key))
    .map((key) => {
      const { name, isSecret } = optionOf(key)
      const value = isSecret === true ? isSet(values[key]) : values[key]
      return [name, value ?? null]
    })
  const merged = Object.entries(rates).map(([name, { burst, perSecond }]) => [
    name,
    { burst, perSecond, ...config.rates[name as keyof typeof rates] },
  ])
  return { options: Object.fromEntries(shown), rates: Object.fromEntries(merged), limits: limitsWith(config.limits) }
}

function isSet(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}
