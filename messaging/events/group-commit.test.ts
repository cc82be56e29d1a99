import { expect, test } from 'vitest'
import { type Dedicated, type Log, silentLogger, systemClock } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { GroupCommit, type Unit } from './group-commit.ts'

const room = { id: 1, head: { version: 1 } } as Room
/** In memory another object has taken the room's place, so every unit is built a second time, in its transaction's turn. */
const rooms = { peek: () => ({ ...room }), drop: () => undefined } as unknown as RoomCache

function writer(): GroupCommit {
  const [connection, log] = [{} as Dedicated, {} as Log]
  return new GroupCommit({ connection, rooms, log, clock: systemClock, logger: silentLogger, metrics: undefined })
}

/** Resolves when a unit that is refused at its second building was answered. */
function added(commit: GroupCommit): Promise<void> {
  return new Promise((resolve) => {
    let builds = 0
    const build: Unit['build'] = () => {
      builds += 1
      if (builds > 1) throw new Error('refused')
      return []
    }
    commit.add({ roomId: 1, build, resolve: () => resolve(), reject: () => resolve(), tries: 0 }, room)
  })
}

test('a unit that is added while a run ends is taken up, at whatever moment', async () => {
  for (let moments = 0; moments < 20; moments++) {
    const commit = writer()
    await added(commit)
    for (let moment = 0; moment < moments; moment++) await Promise.resolve()
    const answered = added(commit).then(() => 'answered')
    const late = new Promise((resolve) => setTimeout(resolve, 50, 'stranded'))
    expect(await Promise.race([answered, late]), `${moments} moments later`).toBe('answered')
  }
})
