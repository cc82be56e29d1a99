import type { Target } from './line.ts'
import type { People, Person } from './people.ts'
import { Stopwatch, type Timed } from './timed.ts'

const lateComers = 20

/** A room fills, as fast as several at once can join; then some more join one after the other. */
export async function measureJoins(
  target: Target,
  people: People,
  members: number,
  show: (result: Timed) => void,
): Promise<Timed[]> {
  const everybody = await people.accounts(members + lateComers)
  const [room] = (await people.rooms(everybody.slice(0, 1))) as [string]
  const path = `/_matrix/client/v3/join/${encodeURIComponent(room)}`
  const crowd: [Person, string][] = everybody.slice(1, members).map((person) => [person, room])
  const startMs = performance.now()
  await people.join(crowd)
  const perSecond = Math.round((crowd.length / (performance.now() - startMs)) * 1_000)
  const watch = new Stopwatch(target)
  try {
    for (const { token } of everybody.slice(members)) await watch.measure({ method: 'POST', path, token, body: {} })
  } finally {
    watch.close()
  }
  const title = `join a room of ${members.toLocaleString('en')} (rate: while it fills)`
  const result: Timed = { what: 'join', title, perSecond, ...watch.take() }
  show(result)
  return [result]
}
