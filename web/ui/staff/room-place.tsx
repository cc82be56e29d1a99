import { MessagesSquare } from 'lucide-react'
import { useEffect } from 'react'
import { isDeskRoom, talkIdOf } from '../../matrix/desk.ts'
import type { RoomModel } from '../../models/room.ts'
import { formatRoute, type Route } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { BrowseDialog } from '../dialogs/browse.tsx'
import { NewMessageDialog } from '../dialogs/new-message.tsx'
import { NewRoomDialog } from '../dialogs/new-room.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { go } from '../parts/use-route.ts'
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
  // A room that was just joined becomes known with the next answer, which changes the list.
  useValue(office.rooms)
  const known = roomId !== undefined && office.client.getRoom(roomId) !== null
  useEffect(() => {
    if (!roomId || !known) return
    return () => office.closeRoom(roomId)
  }, [office, roomId, known])
  // The office keeps one model a room, so that asking again in every drawing gives the same.
  return known ? office.room(roomId) : undefined
}

export function RoomPlace({ route, forYou }: { route: Route; forYou: number }) {
  const roomId = route.page === 'room' ? route.roomId : undefined
  const model = useRoomModel(roomId)
  const { client } = useOffice()
  // What was said with citizens is read at the desk, whatever link leads there.
  const talkId = model && isDeskRoom(client, model.room) ? talkIdOf(model.room) : undefined
  useEffect(() => {
    if (talkId) go({ page: 'desk', view: { name: 'mine' }, talkId }, { replace: true })
  }, [talkId])
  if (talkId) return null
  if (route.page !== 'room') return <NothingOpen />
  if (!model) return <UnknownRoom key={route.roomId} roomId={route.roomId} />
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
  const rooms = useValue(useOffice().rooms)
  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      <div className="nothing-open">{rooms.length === 0 ? <FirstSteps /> : <ChooseRoom />}</div>
    </main>
  )
}

function ChooseRoom() {
  return (
    <div className="empty">
      <Icon of={MessagesSquare} size="xl" />
      <h1>{words.room.nothingOpenTitle}</h1>
      <p className="quiet">{words.room.nothingOpenText}</p>
    </div>
  )
}

/** Where one begins in an empty house. */
function FirstSteps() {
  const office = useOffice()
  const mayAdminister = useValue(office.mayAdminister)
  const { name } = useValue(office.me)
  const dialogs = useDialogs()
  return (
    <div className="asked">
      <h1>{words.first.title(name)}</h1>
      <p className="quiet">{mayAdminister ? words.first.textAdmin : words.first.text}</p>
      <div className="line wrap">
        <button type="button" className="btn act" onClick={() => dialogs.show(<NewRoomDialog />)}>
          {words.first.room}
        </button>
        {mayAdminister ? (
          <a className="btn" href={formatRoute({ page: 'admin', section: 'invitations' })}>
            {words.first.invite}
          </a>
        ) : (
          <button type="button" className="btn" onClick={() => dialogs.show(<BrowseDialog />)}>
            {words.first.browse}
          </button>
        )}
        <button type="button" className="btn bare" onClick={() => dialogs.show(<NewMessageDialog typed="" />)}>
          {words.first.message}
        </button>
      </div>
    </div>
  )
}
