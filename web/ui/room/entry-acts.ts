import type { Entry } from '../../matrix/entry.ts'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import type { RoomModel } from '../../models/room.ts'
import { formatRoute } from '../../models/route.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { go } from '../parts/use-route.ts'

export type EntryActs = {
  reply?: () => void
  thread?: () => void
  edit?: () => void
  remove?: true
  endorse?: (key: string, mineId: string | undefined) => void
  copyWords?: () => void
  copyLink?: () => void
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    tell(words.copied)
  } catch (error) {
    tell(explain(error), 'halt')
  }
}

const composerOf = (inThread: boolean): HTMLElement | null =>
  document.querySelector(inThread ? '.side textarea' : '#sheet textarea')

/** What one may do with an entry; an act that is missing is not allowed here. */
export function entryActs(model: RoomModel, timeline: TimelineModel, entry: Entry): EntryActs {
  if (entry.kind !== 'words') return {}
  const copyWords = entry.text ? { copyWords: () => void copy(entry.text) } : {}
  if (entry.sending !== 'sent' || entry.id.startsWith('~')) return copyWords
  const { powers } = model.header.get()
  const inThread = timeline !== model.timeline
  const composer = timeline.composer ?? model.composer
  const focus = () => requestAnimationFrame(() => composerOf(inThread)?.focus())
  const roomId = model.id
  const acts: EntryActs = {
    ...copyWords,
    copyLink: () => {
      const link = new URL(formatRoute({ page: 'room', roomId, eventId: entry.id }), location.href)
      void copy(link.href)
    },
  }
  if (powers.send) {
    acts.reply = () => {
      composer.reply({ eventId: entry.id, senderId: entry.sender.id, name: entry.sender.name, text: entry.text })
      focus()
    }
    acts.endorse = (key, mineId) =>
      void model.toggleEndorsement(entry.id, key, mineId).catch((error: unknown) => tell(explain(error), 'halt'))
    if (!inThread) acts.thread = () => go({ page: 'room', roomId, side: { kind: 'thread', rootId: entry.id } })
    if (entry.mine && !entry.picture && !entry.file) {
      acts.edit = () => {
        composer.edit(entry.id, timeline.event(entry.id)?.getContent() ?? {})
        focus()
      }
    }
  }
  if (entry.mine || powers.redactOthers) acts.remove = true
  return acts
}
