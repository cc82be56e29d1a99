import { type DragEvent, useCallback, useEffect, useState } from 'react'
import type { RoomModel } from '../../models/room.ts'
import type { Side } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { useValue } from '../parts/use-value.ts'
import { Composer } from './composer.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Minutes } from './minutes.tsx'
import { RoomHead } from './room-head.tsx'

const bringsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')

/** Files that are dropped anywhere on a pane go to its composer. */
export function useDrop(onFiles: (files: File[]) => void) {
  const [over, setOver] = useState(false)
  const handlers = {
    onDragOver(event: DragEvent) {
      if (!bringsFiles(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave(event: DragEvent) {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop(event: DragEvent) {
      if (!bringsFiles(event)) return
      event.preventDefault()
      setOver(false)
      onFiles([...event.dataTransfer.files])
    },
  }
  return { over, handlers }
}

export function RoomSheet({
  model,
  eventId,
  side,
}: {
  model: RoomModel
  eventId: string | undefined
  side: Side | undefined
}) {
  const header = useValue(model.header)
  const attach = useCallback((files: File[]) => model.composer.attach(files), [model])
  const { over, handlers } = useDrop(attach)
  const markRead = useCallback(() => model.markRead(), [model])

  useEffect(() => {
    // An address without an entry leaves the reader where she is: panels come and go beside what she reads.
    if (eventId !== undefined || model.timeline.state.get().status !== 'ready') void model.timeline.open(eventId)
  }, [model, eventId])

  return (
    <main className="sheet" id="sheet" tabIndex={-1} {...handlers}>
      <RoomHead model={model} header={header} side={side} />
      <ConnectionBanner />
      <Minutes model={model} timeline={model.timeline} label={words.room.log(header.name)} onRead={markRead} />
      <Typing model={model} />
      <Composer model={model} composer={model.composer} timeline={model.timeline} />
      {over && <div className="drop">{words.composer.drop}</div>}
    </main>
  )
}

function Typing({ model }: { model: RoomModel }) {
  const typing = useValue(model.typing)
  return (
    <div className="typing" role="status">
      {words.room.typing([...typing])}
    </div>
  )
}
