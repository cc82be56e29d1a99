import { UserRound } from 'lucide-react'
import { memo } from 'react'
import type { Talk } from '../../matrix/desk.ts'
import { type DeskView, formatRoute } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { useOffice } from '../staff/office-context.ts'
import { channelIcon } from './channel.tsx'

type TalkLinkProps = {
  talk: Talk
  view: DeskView
  now: number
  unread: number
  /** Its newest words, where one may read them. */
  said: string
  /** The name of whoever leads it. */
  leader: string | undefined
  isCurrent: boolean
  isStop: boolean
  onStop(id: string): void
}

/** One conversation in the list: by which channel, who, since when, and what was said last. */
export const TalkLink = memo(function TalkLink(props: TalkLinkProps) {
  const { talk, view, now, unread, said, leader, isCurrent, isStop, onStop } = props
  const at = talk.lastInMs ?? talk.openedMs
  return (
    <a
      className={unread > 0 ? 'talk unread' : 'talk'}
      href={formatRoute({ page: 'desk', view, talkId: talk.id })}
      aria-current={isCurrent ? 'page' : undefined}
      tabIndex={isStop ? 0 : -1}
      onFocus={() => onStop(talk.id)}
    >
      <span className="ch">
        <Icon of={channelIcon(talk.channel)} />
      </span>
      <bdi className="n">{talk.name}</bdi>
      <time className="w" dateTime={new Date(at).toISOString()}>
        {words.desk.ago(at, now)}
      </time>
      <span className="sr">, {words.desk.byChannel(talk.channel)}, </span>
      <span className={said ? 's' : 's none-said'} dir="auto">
        {said || words.desk.lastAt(at)}
      </span>
      <Under talk={talk} view={view} leader={leader} />
      {unread > 0 && <span className="sr">, {words.desk.forYou}</span>}
    </a>
  )
})

/** Whose it is, where that does not go without saying. */
function Under({ talk, view, leader }: Pick<TalkLinkProps, 'talk' | 'view' | 'leader'>) {
  const { client } = useOffice()
  const own = client.getSafeUserId()
  const isInvited = client.getRoom(talk.roomId)?.getMyMembership() === 'invite'
  if (isInvited) {
    return (
      <span className="under">
        <span className="chip act">{words.desk.handedToYou}</span>
      </span>
    )
  }
  if (talk.assignee === null && view.name !== 'queue') return null
  if (talk.assignee === own && view.name !== 'waiting' && view.name !== 'queue') return null
  return (
    <span className="under">
      <span className={leader ? 'chip' : 'chip wait'}>
        <Icon of={UserRound} />
        {talk.assignee === own ? words.you : (leader ?? words.desk.nobodyYet)}
      </span>
    </span>
  )
}
