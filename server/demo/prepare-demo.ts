import { type Clock, type Db, StartRefused } from '#platform/api.ts'
import type { Chancery } from '../composition/platform.ts'
import { demoState, setDemoState } from './fact.ts'
import { fillDemo } from './fill-demo.ts'
import { StoryClock } from './story-clock.ts'

export type PrepareDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly serverName: string
  readonly say: (line: string) => void
  /** Composes everything on the story's clock; it is closed again before `prepareDemo` resolves. */
  readonly compose: (clock: Clock) => Promise<Chancery>
}

/**
 * Makes sure that a demo stands in the database, before anybody can reach it: an empty one is filled, one that the demo
 * has filled stays as it is. Real accounts are never mixed with invented ones, nor is half a story shown.
 *
 * @returns whether it was filled now
 */
export async function prepareDemo({ db, clock, serverName, say, compose }: PrepareDeps): Promise<boolean> {
  const state = await demoState(db)
  if (state === 'filled') return false
  if (state === 'filling') {
    throw new StartRefused(
      'The demo was interrupted while it was filled, so a part of it is missing. Remove this data directory and its ' +
        'key file, or use --data with another folder, then start again with --demo.',
    )
  }
  const story = new StoryClock(clock)
  const chancery = await compose(story)
  try {
    if (await chancery.identity.accounts.any()) {
      throw new StartRefused(
        'This data directory holds real accounts, and the demo would put invented people among them. Start without ' +
          '--demo, or use --data with a folder that does not exist yet.',
      )
    }
    say('Filling the demo: a small agency with four months of conversations …')
    const startMs = clock.nowMs()
    await setDemoState(db, 'filling')
    const filled = await fillDemo({ chancery, clock: story, serverName, say })
    await setDemoState(db, 'filled')
    const seconds = Math.max(1, Math.round((clock.nowMs() - startMs) / 1_000))
    say(`Filling the demo: done in ${seconds} s, ${filled.people} people and ${filled.rooms} rooms.`)
    return true
  } finally {
    await chancery.close()
  }
}
