/**
 * Fills a town past what people would do by hand: a room with tens of thousands of members, an account in thousands of
 * rooms. Through the same services that requests use, without HTTP and without passwords, so that it takes minutes and not hours.
 */
import type { Subject } from '#access/api.ts'
import type { User } from '#identity/api.ts'
import type { Chancery } from '#server/composition/platform.ts'

const atOnce = 64

/** Somebody as `access` sees her, without a session. */
function subjectOf(user: User): Subject {
  return {
    userId: user.id,
    matrixId: user.matrixId,
    deviceId: 'NONE',
    sessionId: 0,
    isGuest: false,
    role: 'member',
    permissions: new Set(),
  }
}

/** Does `work` for every item, so many of them at once. */
async function eachOf<T>(items: readonly T[], work: (item: T, n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lanes = Array.from({ length: atOnce }, async () => {
    for (let n = next++; n < items.length; n = next++) await work(items[n] as T, n)
  })
  await Promise.all(lanes)
}

/** People who can be in rooms and cannot sign in. */
export async function crowd(chancery: Chancery, count: number): Promise<User[]> {
  const ids = Array.from({ length: count }, (_, n) => `@crowd-${n}:town.example`)
  const users: User[] = []
  for (let start = 0; start < count; start += 1_000) {
    users.push(...(await chancery.identity.users.ensure(ids.slice(start, start + 1_000))).values())
  }
  return users
}

/** The time of each join, in milliseconds, in the order begun. */
export async function joinAll(chancery: Chancery, roomId: string, people: readonly User[]): Promise<number[]> {
  const times: number[] = []
  const { doors, members } = chancery.messaging
  await eachOf(people, async (user, n) => {
    const startMs = performance.now()
    const { room, grant } = await doors.enter(subjectOf(user), 'room.join', roomId)
    await members.join(grant, room, {})
    times[n] = performance.now() - startMs
  })
  return times
}

/** Rooms of one person, each with a few messages. */
export async function manyRooms(chancery: Chancery, owner: User, count: number): Promise<string[]> {
  const { maker, writer, doors } = chancery.messaging
  const subject = subjectOf(owner)
  const rooms: string[] = []
  await eachOf(Array.from({ length: count }), async (_, n) => {
    const made = await maker.create(subject, { name: `Room ${n}`, preset: 'public_chat' })
    rooms[n] = made.matrixId
    const { room, grant } = await doors.enter(subject, 'room.send', made.matrixId)
    const sender = { userId: owner.id, matrixId: owner.matrixId }
    for (let said = 0; said < 3; said++) {
      const content = { msgtype: 'm.text', body: `Message ${said} of room ${n}` }
      await writer.append(grant, 'room.send', room, [{ type: 'm.room.message', sender, content }])
    }
  })
  return rooms
}
