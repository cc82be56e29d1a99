import { type Clock, refuse } from '#platform/api.ts'

type Rule = { readonly burst: number; readonly perMinute: number }

/**
 * How often wrong passwords may be tried. Only failures count, so an agency whose staff share one address is not slowed
 * down. The pair of address and account is the tight one. The account alone is generous and spares addresses from which
 * the account has signed in, so that a stranger's guessing never locks its person out.
 */
const rules = {
  addressAndAccount: { burst: 5, perMinute: 1 },
  address: { burst: 50, perMinute: 3 },
  account: { burst: 100, perMinute: 5 },
} as const satisfies Record<string, Rule>

const bucketsMax = 50_000
const trustedMax = 20_000

/** Counts wrong secrets. A try takes its place before the secret is checked, so that parallel tries gain nothing. */
export interface Attempts {
  /**
   * Throws M_LIMIT_EXCEEDED when too many tries went wrong. `account` is left out where no account is named.
   *
   * @returns what to call when the secret was right: the try then counts for nothing.
   */
  begin(ip: string, account?: string): { succeeded(): void }
}

export function createAttempts({ clock, isOn }: { clock: Clock; isOn: boolean }): Attempts {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const trusted = new Set<string>()

  function level(name: string, rule: Rule, nowMs: number): number {
    const bucket = buckets.get(name)
    if (bucket === undefined) return rule.burst
    return Math.min(rule.burst, bucket.tokens + ((nowMs - bucket.atMs) / 60_000) * rule.perMinute)
  }
  function set(name: string, rule: Rule, tokens: number, nowMs: number): void {
    buckets.delete(name)
    if (tokens < rule.burst) buckets.set(name, { tokens, atMs: nowMs })
    if (buckets.size > bucketsMax) buckets.delete(buckets.keys().next().value!)
  }
  function trust(pair: string): void {
    trusted.delete(pair)
    trusted.add(pair)
    if (trusted.size > trustedMax) trusted.delete(trusted.values().next().value!)
  }

  function begin(ip: string, account?: string): { succeeded(): void } {
    if (!isOn) return { succeeded() {} }
    const pair = `${ip} ${account ?? ''}`
    const counted: [string, Rule][] = [[`ip ${ip}`, rules.address]]
    if (account !== undefined) {
      counted.push([`pair ${pair}`, rules.addressAndAccount])
      if (!trusted.has(pair)) counted.push([`account ${account}`, rules.account])
    }
    const nowMs = clock.nowMs()
    const waits = counted.map(([name, rule]) => ((1 - level(name, rule, nowMs)) / rule.perMinute) * 60_000)
    const waitMs = Math.ceil(Math.max(...waits))
    if (waitMs > 0) {
      const minutes = Math.ceil(waitMs / 60_000)
      const inWords = minutes === 1 ? 'a minute' : `${minutes} minutes`
      throw refuse('M_LIMIT_EXCEEDED', `Too many tries went wrong. Wait ${inWords} and try again.`, {
        fields: { retry_after_ms: waitMs },
      })
    }
    for (const [name, rule] of counted) set(name, rule, level(name, rule, nowMs) - 1, nowMs)
    return {
      succeeded() {
        const laterMs = clock.nowMs()
        for (const [name, rule] of counted) set(name, rule, level(name, rule, laterMs) + 1, laterMs)
        if (account !== undefined) trust(pair)
      },
    }
  }
  return { begin }
}
