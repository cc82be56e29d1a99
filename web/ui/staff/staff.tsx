import { useEffect, useState } from 'react'
import type { Session } from '../../matrix/session.ts'
import { Office } from '../../models/office.ts'
import { countForYou } from '../../models/room-list.ts'
import type { Route } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Admin } from '../admin/admin.tsx'
import { DeskPlace } from '../desk/desk-place.tsx'
import { TalkList } from '../desk/talk-list.tsx'
import { DialogHost } from '../parts/dialog.tsx'
import { Spoken, Toasts } from '../parts/toasts.tsx'
import { useOnePane } from '../parts/use-media-query.ts'
import { useRoute } from '../parts/use-route.ts'
import { useValue } from '../parts/use-value.ts'
import { RoomList } from '../rooms/room-list.tsx'
import '../style/staff.css'
import { OfficeProvider, useOffice } from './office-context.ts'
import { RoomPlace } from './room-place.tsx'
import { Spine } from './spine.tsx'
import { usePanes } from './use-panes.ts'

type StaffProps = { session: Session; organisation: string; onSignedOut(): void; onSignOut(): void }

function useOpenOffice(session: Session, onSignedOut: () => void): Office | undefined {
  const [office, setOffice] = useState<Office>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: an office lives as long as its session.
  useEffect(() => {
    let stopped = false
    let opened: Office | undefined
    void Office.open(session, onSignedOut).then((next) => {
      opened = next
      if (stopped) next.stop()
      else setOffice(next)
    })
    return () => {
      stopped = true
      opened?.stop()
    }
  }, [session])
  return office
}

/** Everything behind the door. */
export function Staff({ session, organisation, onSignedOut, onSignOut }: StaffProps) {
  const office = useOpenOffice(session, onSignedOut)
  if (!office) return <Opening />
  return (
    <OfficeProvider value={office}>
      <DialogHost>
        <Frame organisation={organisation} onSignOut={onSignOut} />
      </DialogHost>
      <Toasts />
      <Spoken />
    </OfficeProvider>
  )
}

function Frame({ organisation, onSignOut }: { organisation: string; onSignOut(): void }) {
  const office = useOffice()
  const route = useRoute()
  const connection = useValue(office.connection)
  const [lastRoom, setLastRoom] = useState<Route>({ page: 'home' })
  const [lastTalk, setLastTalk] = useState<Route>({ page: 'desk', view: { name: 'mine' } })
  const forYou = countForYou(useValue(office.rooms))
  usePanes()

  useEffect(() => {
    if (route.page === 'room') setLastRoom({ page: 'room', roomId: route.roomId })
    if (route.page === 'desk') setLastTalk(route)
  }, [route])

  useEffect(() => {
    if (route.page === 'room' || (route.page === 'desk' && route.talkId)) return
    const places: Partial<Record<Route['page'], string>> = { admin: words.admin.title, desk: words.desk.title }
    document.title = words.title(places[route.page] ?? organisation, forYou)
  }, [route, forYou, organisation])

  const isOpen = route.page === 'room' || (route.page === 'desk' && route.talkId !== undefined)
  const alone = useOnePane() && !isOpen

  if (connection === 'opening') return <Opening />
  if (route.page === 'admin') {
    return (
      <div className="app at-sheet admin">
        <SkipLink />
        <Spine route={route} messagesRoute={lastRoom} deskRoute={lastTalk} onSignOut={onSignOut} />
        <Admin route={route} />
      </div>
    )
  }
  if (route.page === 'desk') {
    return (
      <div className={`app desk ${isOpen ? 'at-sheet' : 'at-list'}`}>
        {!alone && <SkipLink />}
        <Spine
          route={route}
          messagesRoute={lastRoom}
          deskRoute={{ page: 'desk', view: route.view }}
          onSignOut={onSignOut}
        />
        <TalkList route={route} alone={alone} />
        {!alone && <DeskPlace route={route} />}
      </div>
    )
  }
  return (
    <div className={`app ${route.page === 'room' ? 'at-sheet' : 'at-list'}`}>
      {!alone && <SkipLink />}
      <Spine route={route} messagesRoute={{ page: 'home' }} deskRoute={lastTalk} onSignOut={onSignOut} />
      <RoomList
        organisation={organisation}
        currentId={route.page === 'room' ? route.roomId : undefined}
        alone={alone}
      />
      {!alone && <RoomPlace route={route} forYou={forYou} />}
    </div>
  )
}

function SkipLink() {
  return (
    // biome-ignore lint/a11y/useValidAnchor: it is a link to a place on the page; as the fragment is the route, it moves the focus itself.
    <a
      className="skip"
      href="#sheet"
      onClick={(event) => {
        event.preventDefault()
        document.getElementById('sheet')?.focus()
      }}
    >
      {words.skip}
    </a>
  )
}

function Opening() {
  return (
    <main className="opening" aria-busy="true">
      <p className="line quiet" role="status">
        <span className="spin" />
        {words.opening}
      </p>
    </main>
  )
}
