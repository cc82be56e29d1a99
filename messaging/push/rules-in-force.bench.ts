// Run with `node messaging/push/rules-in-force.bench.ts`: what it costs to put one message to the push rules of everybody in a
// room of 10,000, of whom 1,000 have three keywords of their own. It must stay under 20 ms.
import { defaultPushRules, type JsonObject } from '#matrix/api.ts'
import { noticeOf, pushContext } from '../events/notice.ts'
import type { Room } from '../rooms/room.ts'
import { putRule } from './rule-editing.ts'
import { RulesInForce } from './rules-in-force.ts'

const members = 10_000
const withOwnRules = 1_000
const room = {
  matrixId: '!room:town.example',
  memberCount: () => members,
  content: () => undefined,
} as unknown as Room
const event = {
  type: 'm.room.message',
  sender: '@sender:town.example',
  room_id: room.matrixId,
  content: { msgtype: 'm.text', body: 'The water stands at the third mark, and the gates are closed. '.repeat(5) },
}

function rulesOf(userId: number): RulesInForce {
  const person = { userId, matrixId: `@p${userId}:town.example` }
  if (userId >= withOwnRules) return new RulesInForce(person)
  let rules = defaultPushRules(person.matrixId)
  for (const word of ['dam', 'pump', `p${userId}`]) {
    rules = putRule(rules, 'content', word, { actions: ['notify'], pattern: word })
  }
  return new RulesInForce(person, { global: rules as unknown as JsonObject })
}
const everybody = Array.from({ length: members }, (_, userId) => rulesOf(userId))

/** Milliseconds of one turn over everybody. */
function putToAll(): number {
  const startedMs = performance.now()
  const notice = noticeOf(room, event)
  const context = pushContext(room, event.sender)
  let told = 0
  for (const rules of everybody) {
    const notifies = rules.inRoom(room.matrixId) === 'default' ? notice.counts : rules.decide(event, context).notify
    if (notifies) told += 1
  }
  if (told !== members) throw new Error(`${told} were told`)
  return performance.now() - startedMs
}

for (let n = 0; n < 20; n += 1) putToAll()
const timesMs = Array.from({ length: 100 }, putToAll).sort((a, b) => a - b)
process.stdout.write(`median ${timesMs[50]?.toFixed(1)} ms, slowest ${timesMs[99]?.toFixed(1)} ms\n`)
