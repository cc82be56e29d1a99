import type { Logger } from '#platform/api.ts'
import type { Replied, ReplyWords } from './composing.ts'
import type { RoomFiles } from './create-sends.ts'
import type { RoomEvents, Talks } from './talks.ts'

type Deps = {
  readonly logger: Logger
  readonly talks: Pick<Talks, 'byRooms' | 'leaves'>
  readonly events: RoomEvents
  readonly files: RoomFiles
}

/** What replies say, read from their rooms when they leave: what was removed before leaves no more. */
export class RepliedFromRooms implements Replied {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async words(eventIds: readonly number[], withFiles: ReadonlySet<number>): Promise<Map<number, ReplyWords>> {
    const { talks, events, files, logger } = this.#deps
    const found = await events.events(eventIds)
    const byRoom = await talks.byRooms([...new Set(found.map(({ roomId }) => roomId))])
    const said = new Map<number, ReplyWords>()
    for (const event of found) {
      const talk = byRoom.get(event.roomId)
      const leaving = talk === undefined ? undefined : await talks.leaves(talk, event)
      if (leaving === undefined) continue
      const { text, file } = leaving
      const stored = file === undefined || !withFiles.has(event.id) ? undefined : await files.read(file.url)
      if (file !== undefined && stored === undefined && withFiles.has(event.id)) {
        logger.warn('sends.file_missing', { event: event.id })
        continue
      }
      const whole = stored && { name: file?.name ?? 'file', type: file?.type ?? stored.type, bytes: stored.bytes }
      said.set(event.id, { text, file: whole })
    }
    return said
  }
}
