import { DoorOpen, Lock, Mail } from 'lucide-react'
import { memo } from 'react'
import type { RoomRow } from '../../matrix/rooms.ts'
import { formatRoute } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Seal } from '../parts/seal.tsx'
import { Face } from '../staff/face.tsx'

type RoomLinkProps = { row: RoomRow; current: boolean; stop: boolean; onStop(id: string): void }

function Sign({ row }: { row: RoomRow }) {
  if (row.person) return <Face person={row.person} size="tiny" />
  if (row.group === 'invitations') return <Icon of={Mail} />
  if (row.locked) return <Seal state="broken" />
  return <Icon of={row.open ? DoorOpen : Lock} />
}

function signWords(row: RoomRow): string {
  if (row.person || row.group === 'invitations') return ''
  return `, ${row.locked ? words.list.locked : row.open ? words.list.open : words.list.byInvitation}`
}

/** One row of the list. */
export const RoomLink = memo(function RoomLink({ row, current, stop, onStop }: RoomLinkProps) {
  const count = row.forYou || row.unread
  return (
    <a
      className={row.unread > 0 || row.group === 'invitations' ? 'room unread' : 'room'}
      href={formatRoute({ page: 'room', roomId: row.id })}
      aria-current={current ? 'page' : undefined}
      tabIndex={stop ? 0 : -1}
      onFocus={() => onStop(row.id)}
    >
      <Sign row={row} />
      <span className={row.person ? 't' : 't words'}>
        <bdi>{row.name}</bdi>
        <span className="sr">{signWords(row)}</span>
      </span>
      <span className="meta">
        {row.person?.house && <span className="origin other">{row.person.house}</span>}
        {count > 0 && (
          <span className={row.forYou > 0 ? 'count you' : 'count'}>
            <span className="sr">, </span>
            {words.count(count)}
            <span className="sr">{row.forYou > 0 ? words.list.forYouCount : words.list.unreadCount}</span>
          </span>
        )}
      </span>
    </a>
  )
})
