import { MessagesSquare } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { RoomModel } from '../../models/room.ts'
import type { Route } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { useValue } from '../parts/use-value.ts'
import { InvitationSheet } from '../room/invitation-sheet.tsx'
import { RoomSheet } from '../room/room-sheet.tsx'
import { UnknownRoom } from '../room/unknown-room.tsx'
import { AboutPanel } from '../side/about-panel.tsx'
import { PeoplePanel } from '../side/people-panel.tsx'
import { ThreadPanel } from '../side/thread-panel.tsx'
import { useOffice } from './office-context.ts'

/** The model of the room that is open. It comes with the first answer that holds the room, and goes when one leaves it. */
function useRoomModel(roomId: string | undefined): RoomModel | undefined {
  const office = useOffice()
  const rooms = useValue(office.rooms)
  const [model, setModel] = useState<RoomModel>()
  const known =
    roomId !== undefined && (rooms.some((row) => row.id === roomId) || office.client.getRoom(roomId) !== null)
  useEffect(() => {
    if (!roomId || !known) return
    setModel(office.room(roomId))
    return () => {
      setModel(undefined)
      office.closeRoom(roomId)
    }
  }, [office, roomId, known])
  return model?.id === roomId ? model : undefined
}

export function RoomPlace({ route, forYou }: { route: Route; forYou: number }) {
  const roomId = route.page === 'room' ? route.roomId : undefined
  const model = useRoomModel(roomId)
  const office = useOffice()
  if (route.page !== 'room') return <NothingOpen />
  if (!model) {
    if (office.client.getRoom(route.roomId)) return <main className="sheet" id="sheet" tabIndex={-1} aria-busy="true" />
    return <UnknownRoom key={route.roomId} roomId={route.roomId} />
  }
  return <OpenRoom key={model.id} model={model} route={route} forYou={forYou} />
}

function OpenRoom({ model, route, forYou }: { model: RoomModel; route: Route & { page: 'room' }; forYou: number }) {
  const { name, membership } = useValue(model.header)
  useEffect(() => {
    document.title = words.title(name, forYou)
  }, [name, forYou])
  if (membership === 'invite') return <InvitationSheet model={model} />
  const { side } = route
  return (
    <>
      <RoomSheet model={model} eventId={route.eventId} side={side} />
      {side?.kind === 'thread' && <ThreadPanel key={side.rootId} model={model} rootId={side.rootId} />}
      {side?.kind === 'people' && <PeoplePanel model={model} />}
      {side?.kind === 'about' && <AboutPanel model={model} />}
    </>
  )
}

function NothingOpen() {
  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      <div className="nothing-open">
        <div className="empty">
          <Icon of={MessagesSquare} size="xl" />
          <h1>{words.room.nothingOpenTitle}</h1>
          <p className="quiet">{words.room.nothingOpenText}</p>
        </div>
      </div>
    </main>
  )
}
