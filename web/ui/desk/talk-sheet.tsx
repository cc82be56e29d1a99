import { useCallback } from 'react'
import type { WholeTalk } from '../../matrix/desk.ts'
import type { DeskRoute } from '../../models/route.ts'
import type { Inside, TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { useValue } from '../parts/use-value.ts'
import { ConnectionBanner } from '../room/connection-banner.tsx'
import { useDrop } from '../room/room-sheet.tsx'
import { TalkComposer } from './talk-composer.tsx'
import { TalkHead } from './talk-head.tsx'
import { TalkMinutes } from './talk-minutes.tsx'

type TalkSheetProps = { model: TalkModel; whole: WholeTalk; inside: Inside; route: DeskRoute }

/** A conversation that one is in. */
export function TalkSheet({ model, whole, inside, route }: TalkSheetProps) {
  const { conversation, timeline } = inside
  const attach = useCallback((files: File[]) => conversation.composer.attach(files), [conversation])
  const { over, handlers } = useDrop(attach)
  return (
    <main className="sheet" id="sheet" tabIndex={-1} {...handlers}>
      <TalkHead model={model} whole={whole} inside={inside} route={route} />
      <ConnectionBanner />
      <TalkMinutes timeline={timeline} letter={inside.letter} whole={whole} />
      <Typing inside={inside} />
      <TalkComposer key={timeline.conversation.id} whole={whole} inside={inside} />
      {over && <div className="drop">{words.composer.drop}</div>}
    </main>
  )
}

function Typing({ inside }: { inside: Inside }) {
  const typing = useValue(inside.conversation.typing)
  return (
    <div className="typing" role="status">
      {words.room.typing([...typing])}
    </div>
  )
}
