import { setTimeout as wait } from 'node:timers/promises'
import type { BlackBox } from '../black-box.ts'
import type { World } from './world.ts'

/** Where nobody noticed that a server died, it has its attempts for a minute. */
const patienceMs = 150_000
const lookMs = 250
/** Past every pause before a retry or a look-up, and past the time after which a provider is asked what it called about. */
const laterMs = 15 * 60_000
/** Of those that give up after a few tries; each step may bring about the next. */
const stepsMax = 12

/** What is still under way, in words; empty when nothing is. */
async function underWay(box: BlackBox): Promise<string> {
  const client = await box.database()
  try {
    const { rows } = await client.query(`
      select 'hooks' as what, count(*)::int as count from channel_hook where handed_ts is null and failed_ts is null
      union all select 'attempts in hand', count(*)::int from attempt where state <= 1 and taken_until > now()
      union all select 'attempts', count(*)::int from attempt where state <= 2
      union all select 'attempts without an end', count(*)::int from attempt where state in (3, 4)
      union all select 'decisions', count(*)::int from send
        where outcome is null and decide_ts < deadline_ts
      union all select 'tellings', count(*)::int from telling
      union all select 'tasks of the desk', count(*)::int from desk_task`)
    return rows
      .filter(({ count }) => count > 0)
      .map(({ what, count }) => `${count} ${what}`)
      .join(', ')
  } finally {
    await client.end()
  }
}

/**
 * Waits until everything has come to its end, moving the server's clock where only time is missing.
 * @returns what never did, in words.
 */
export async function settle({ box, simulator, clerk }: World, show: (line: string) => void): Promise<string> {
  let rest = ''
  for (let step = 0; step < stepsMax; step++) {
    rest = await restAfterWaiting(box, simulator)
    if (rest === '' && step > 0) return ''
    show(`still under way: ${rest === '' ? 'nothing' : rest}; the clock goes on by ${laterMs / 60_000} minutes`)
    const { token } = clerk
    await box.ok('POST', '/api/v1/test-clock', { token, body: { advance_ms: laterMs } })
  }
  return rest
}

/** Waits for as long as something changes by itself. */
async function restAfterWaiting(box: BlackBox, simulator: World['simulator']): Promise<string> {
  const untilMs = performance.now() + patienceMs
  let [before, sinceMs] = ['', performance.now()]
  while (performance.now() < untilMs) {
    const { scheduled, calls } = await simulator.ask('GET', '/simulator/state')
    const outside = scheduled + calls > 0 ? `${scheduled + calls} outside` : ''
    const rest = [await underWay(box), outside].filter((one) => one !== '').join(', ')
    if (rest === '') return ''
    if (rest !== before) [before, sinceMs] = [rest, performance.now()]
    // Attempts in hand are a living server's, or their lease runs out.
    const isStill = performance.now() - sinceMs > (rest.includes('in hand') ? 65_000 : 3_000)
    if (isStill) return rest
    await wait(lookMs)
  }
  return before
}
