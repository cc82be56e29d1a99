import {
  Check,
  Clock,
  DoorOpen,
  LogIn,
  LogOut,
  PenLine,
  ShieldCheck,
  UserCheck,
  UserMinus,
  UserPlus,
} from 'lucide-react'
import { memo } from 'react'
import type { ChangeKind } from '../../matrix/change.ts'
import type { Entry } from '../../matrix/entry.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'

const icons: Partial<Record<ChangeKind, typeof PenLine>> = {
  joined: LogIn,
  left: LogOut,
  declined: LogOut,
  invited: UserPlus,
  unbanned: UserPlus,
  withdrew: UserMinus,
  removed: UserMinus,
  banned: UserMinus,
  created: DoorOpen,
  'access-open': DoorOpen,
  powers: ShieldCheck,
  leads: UserCheck,
  waits: Clock,
  closed: Check,
}

/** What happened to the room or its people: one quiet line. */
export const ChangeLine = memo(function ChangeLine({ itemKey, entries }: { itemKey: string; entries: Entry[] }) {
  const first = entries[0]
  const last = entries.at(-1)
  const change = first?.change
  if (!first || !last || !change) return null
  const names = entries.map((entry) =>
    change.kind === 'invited' ? (entry.change?.whom ?? '') : (entry.change?.who ?? ''),
  )
  const text =
    entries.length === 1 ? words.entry.changed(change) : words.entry.changedTogether(change.kind, names, change.who)
  return (
    <li className="event" tabIndex={-1} data-key={itemKey}>
      <span>
        <Icon of={icons[change.kind] ?? PenLine} />
        <span>{text}</span>
      </span>
      <time dateTime={new Date(last.at).toISOString()}>{words.time(last.at)}</time>
    </li>
  )
})
