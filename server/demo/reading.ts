import type { JsonObject } from '#matrix/api.ts'
import type { Choices } from './choices.ts'
import type { DemoRoom } from './demo-room.ts'
import type { Scene, Stage } from './stage.ts'

/** How far behind people are whom the room says nothing of: most have read everything, a few are on leave. */
const behind = [0, 0, 0, 0, 0, 0, 1, 2, 5, 14]

/** Who has read how far, who favours which room, and which rooms are conversations of two. */
export async function leaveReadPositions(
  stage: Stage,
  scenes: ReadonlyMap<DemoRoom, Scene>,
  choices: Choices,
): Promise<void> {
  const direct = new Map<string, JsonObject>()
  for (const [room, scene] of scenes) {
    const reading = [...scene.present].map(async (who) => {
      const unread = room.unread?.[who] ?? (room.access === 'direct' ? 0 : choices.one(behind))
      const upTo = unread === 0 ? scene.newest : scene.said.at(-1 - unread)?.eventId
      if (upTo !== undefined) await stage.read(scene, who, upTo)
    })
    await Promise.all(reading)
    for (const who of room.favouriteOf ?? [])
      await stage.keep(who, scene, 'm.tag', { tags: { 'm.favourite': { order: 0 } } })
    if (room.access === 'direct') noteDirect(stage, direct, scene)
  }
  for (const [who, content] of direct) await stage.keep(who, undefined, 'm.direct', content)
}

function noteDirect(stage: Stage, direct: Map<string, JsonObject>, scene: Scene): void {
  const [one, other] = [...scene.present]
  if (one === undefined || other === undefined) return
  for (const [who, partner] of [
    [one, other],
    [other, one],
  ] as const) {
    const content = direct.get(who) ?? {}
    content[stage.actor(partner).matrixId] = [scene.roomId]
    direct.set(who, content)
  }
}
