import type { ChannelSettings } from '#channels/api.ts'
import { type Clock, type Db, StartRefused } from '#platform/api.ts'
import { createHttp } from '#platform/index.ts'
import type { Chancery } from '../composition/platform.ts'
import { tellMatters } from './citizens/tell-matters.ts'
import type { DemoSimulator, OutsideOptions } from './demo-simulator.ts'
import { demoState, setDemoState } from './fact.ts'
import { type Filled, fillDemo } from './fill-demo.ts'
import { StoryClock } from './story-clock.ts'

export type PrepareDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly serverName: string
  /** Where web hooks are told to call. */
  readonly publicUrl: string
  readonly say: (line: string) => void
  /** Composes everything on the story's clock; it is closed again before `prepareDemo` resolves. */
  readonly compose: (clock: Clock, channels: readonly ChannelSettings[]) => Promise<Chancery>
  /** Citizens and their providers, who are stopped again as well. Left out: nobody writes to the agency. */
  readonly outside?: ((options: OutsideOptions) => Promise<DemoSimulator>) | undefined
}

/**
 * Makes sure that a demo stands in the database, before anybody can reach it: an empty one is filled, one that the demo
 * has filled stays as it is. Real accounts are never mixed with invented ones, nor is half a story shown.
 *
 * @returns whether it was filled now
 */
export async function prepareDemo(deps: PrepareDeps): Promise<boolean> {
  const { db, clock, say } = deps
  const state = await demoState(db)
  if (state === 'filled') return false
  if (state === 'filling') {
    throw new StartRefused(
      'The demo was interrupted while it was filled, so a part of it is missing. Remove this data directory and its ' +
        'key file, or use --data with another folder, then start again with --demo.',
    )
  }
  const story = new StoryClock(clock)
  const startMs = clock.nowMs()
  const filled = await fillRooms(deps, story)
  const matters = await fillMatters(deps, story, filled)
  await setDemoState(db, 'filled')
  const seconds = Math.max(1, Math.round((clock.nowMs() - startMs) / 1_000))
  const told = `${filled.people} people, ${filled.rooms} rooms, ${matters} matters of citizens`
  say(`Filling the demo: done in ${seconds} s, ${told}.`)
  return true
}

/** What people say among each other, and the agency as it is before any citizen has written. */
async function fillRooms({ db, serverName, say, compose }: PrepareDeps, clock: StoryClock): Promise<Filled> {
  const chancery = await compose(clock, [])
  try {
    if (await chancery.identity.accounts.any()) {
      throw new StartRefused(
        'This data directory holds real accounts, and the demo would put invented people among them. Start without ' +
          '--demo, or use --data with a folder that does not exist yet.',
      )
    }
    say('Filling the demo: a small agency with four months of conversations …')
    await setDemoState(db, 'filling')
    return await fillDemo({ chancery, clock, serverName, say })
  } finally {
    await chancery.close()
  }
}

/** What is said between citizens and the agency. It goes by real channels, whose web hooks have a door for that time. */
async function fillMatters({ compose, outside: start, publicUrl }: PrepareDeps, clock: StoryClock, filled: Filled) {
  if (start === undefined) return 0
  let door = ''
  const reach = (url: string) => (url.startsWith(`${publicUrl}/`) ? door + url.slice(publicUrl.length) : url)
  const outside = await start({ story: clock, reach })
  try {
    const chancery = await compose(clock, outside.channels)
    const http = createHttp({ gate: chancery.identity.gate, clock, rateLimits: false })
    try {
      http.add(chancery.channels.routes)
      const { port } = await http.listen('127.0.0.1', 0)
      door = `http://127.0.0.1:${port}`
      await outside.reach(await chancery.channels.open())
      const { calendar, records, stage } = filled
      return await tellMatters({ chancery, outside, stage: stage.in(chancery), records, clock, calendar })
    } finally {
      await http.close()
      await chancery.close()
    }
  } finally {
    await outside.stop()
  }
}
