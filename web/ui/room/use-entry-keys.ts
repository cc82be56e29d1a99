import { type KeyboardEvent, useCallback } from 'react'
import type { Entry } from '../../matrix/entry.ts'
import type { RoomModel } from '../../models/room.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { entryActs } from './entry-acts.ts'

/** One letter for each common act on the entry that has the focus: R, T, E. */
export function useEntryKeys(model: RoomModel, timeline: TimelineModel) {
  return useCallback(
    (event: KeyboardEvent, entry: Entry) => {
      if (event.ctrlKey || event.metaKey || event.altKey || entry.kind !== 'words') return
      const acts = entryActs(model, timeline, entry)
      const act = { r: acts.reply, t: acts.thread, e: acts.edit }[event.key.toLowerCase()]
      if (!act) return
      event.preventDefault()
      act()
    },
    [model, timeline],
  )
}
