import { Inbox, MessagesSquare, SlidersHorizontal } from 'lucide-react'
import { countForYou } from '../../models/room-list.ts'
import { formatRoute, type Route } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Mark } from '../parts/seal.tsx'
import { useValue } from '../parts/use-value.ts'
import { Me } from './me.tsx'
import { useOffice } from './office-context.ts'

type SpineProps = { route: Route; messagesRoute: Route; deskRoute: Route; onSignOut(): void }

/** The cover of the file: the places one can go to, and oneself. */
export function Spine({ route, messagesRoute, deskRoute, onSignOut }: SpineProps) {
  const office = useOffice()
  const forYou = countForYou(useValue(office.rooms))
  const mayAdminister = useValue(office.mayAdminister)
  const inAdmin = route.page === 'admin'
  return (
    <nav className="spine" aria-label={words.spine.label}>
      <a className="crest" href={formatRoute({ page: 'home' })} aria-label={words.spine.home}>
        <Mark />
      </a>
      <ul>
        <li>
          <a
            className="place"
            href={formatRoute(messagesRoute)}
            aria-current={inAdmin || route.page === 'desk' ? undefined : 'page'}
          >
            <Icon of={MessagesSquare} size="l" />
            <span>{words.spine.messages}</span>
            {forYou > 0 && (
              <span className="n">
                <span className="sr">, </span>
                {words.count(forYou)}
                <span className="sr">{words.list.forYouCount}</span>
              </span>
            )}
          </a>
        </li>
        <DeskPlaceLink to={deskRoute} isHere={route.page === 'desk'} />
      </ul>
      <div className="foot">
        {mayAdminister && (
          <a
            className="place"
            href={formatRoute({ page: 'admin', section: 'people' })}
            aria-current={inAdmin ? 'page' : undefined}
          >
            <Icon of={SlidersHorizontal} size="l" />
            <span>{words.spine.admin}</span>
          </a>
        )}
        <Me onSignOut={onSignOut} />
      </div>
    </nav>
  )
}

/** Only for whoever works for an agency. */
function DeskPlaceLink({ to, isHere }: { to: Route; isHere: boolean }) {
  const { desk } = useOffice()
  const lists = useValue(desk.lists)
  if (!lists || (lists.queues.length === 0 && !isHere)) return null
  const forYou = lists.mine.talks.filter((talk) => desk.unread(talk) > 0).length
  return (
    <li>
      <a className="place" href={formatRoute(to)} aria-current={isHere ? 'page' : undefined}>
        <Icon of={Inbox} size="l" />
        <span>{words.desk.place}</span>
        {forYou > 0 && (
          <span className="n">
            <span className="sr">, </span>
            {words.count(forYou)}
            <span className="sr">{words.desk.forYou}</span>
          </span>
        )}
      </a>
    </li>
  )
}
