import { useVirtualizer } from '@tanstack/react-virtual'
import { Ellipsis, MessageSquare, Search, UserMinus, UserPlus, UserX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import type { Member } from '../../matrix/members.ts'
import { openConversation } from '../../matrix/rooms.ts'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import type { RoomModel } from '../../models/room.ts'
import { answers } from '../../models/room-list.ts'
import { words } from '../../words/index.ts'
import { InviteDialog } from '../dialogs/invite.tsx'
import { RemovePersonDialog } from '../dialogs/remove-person.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { go } from '../parts/use-route.ts'
import { useValue } from '../parts/use-value.ts'
import { Face } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'
import { SidePanel } from './side-panel.tsx'

const rowPx = 48

/** Who is in the room, invited or kept out, and what one may do about it. */
export function PeoplePanel({ model }: { model: RoomModel }) {
  const members = useValue(model.members)
  const header = useValue(model.header)
  const [typed, setTyped] = useState('')
  const dialogs = useDialogs()
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    void model.loadMembers()
  }, [model])
  const shown = members.filter(
    (member) => answers(member.person.name, typed) || answers(member.person.id.slice(1), typed),
  )
  // A room may have tens of thousands of people; only the rows in sight are drawn.
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    getItemKey: (index) => shown[index]?.person.id ?? index,
  })
  return (
    <SidePanel
      back={{ page: 'room', roomId: model.id }}
      title={words.members.title}
      about={words.room.members(header.members)}
      closeLabel={words.members.close}
    >
      <div className="side-search">
        {header.powers.invite && (
          <button type="button" className="btn" onClick={() => dialogs.show(<InviteDialog model={model} />)}>
            <Icon of={UserPlus} />
            {words.members.invite}
          </button>
        )}
        <label className="search">
          <Icon of={Search} />
          <span className="sr">{words.members.search}</span>
          <input
            className="input"
            type="search"
            placeholder={words.members.search}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      </div>
      <div
        className="scroll"
        ref={scroller}
        role="group"
        aria-label={words.members.title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
      >
        {shown.length === 0 && typed && <p className="pad quiet">{words.members.none(typed)}</p>}
        <ul className="tall" style={{ blockSize: `${rows.getTotalSize()}px` }}>
          {rows.getVirtualItems().map((row) => {
            const member = shown[row.index]
            return member ? (
              <li key={row.key} style={{ transform: `translateY(${row.start}px)` }}>
                <MemberRow member={member} model={model} />
              </li>
            ) : null
          })}
        </ul>
      </div>
    </SidePanel>
  )
}

function MemberRow({ member, model }: { member: Member; model: RoomModel }) {
  const office = useOffice()
  const { person } = member
  const own = person.id === office.session.userId
  const state =
    member.state === 'invited'
      ? words.members.invited
      : member.state === 'banned'
        ? words.members.removed
        : words.members.ranks[member.rank]
  return (
    <div className="person-row">
      <Face person={person} />
      <span className="n">
        {person.name}
        {own && <span className="quiet"> ({words.members.you})</span>}
        <small>
          {state}
          {person.house && <span className="origin other"> · {person.house}</span>}
        </small>
      </span>
      {!own && <MemberMenu member={member} model={model} />}
    </div>
  )
}

function MemberMenu({ member, model }: { member: Member; model: RoomModel }) {
  const office = useOffice()
  const dialogs = useDialogs()
  const { person, state } = member
  const attempt = (work: Promise<unknown>) => void work.catch((error: unknown) => tell(explain(error), 'halt'))
  const trigger = (
    <Button className="btn bare icon little" aria-label={words.members.menu(person.name)}>
      <Icon of={Ellipsis} />
    </Button>
  )
  return (
    <ActMenu label={words.members.menu(person.name)} trigger={trigger}>
      <Act
        icon={MessageSquare}
        onAct={() => attempt(openConversation(office.client, person.id).then((roomId) => go({ page: 'room', roomId })))}
      >
        {words.members.write}
      </Act>
      {state === 'invited' && member.mayRemove && (
        <Act icon={UserMinus} onAct={() => attempt(model.removePerson(person.id, ''))}>
          {words.members.withdraw}
        </Act>
      )}
      {state === 'joined' && member.mayRemove && (
        <Act icon={UserMinus} halt onAct={() => dialogs.show(<RemovePersonDialog model={model} person={person} />)}>
          {words.members.remove}
        </Act>
      )}
      {state === 'joined' && member.mayBan && (
        <Act icon={UserX} halt onAct={() => dialogs.show(<RemovePersonDialog model={model} person={person} forGood />)}>
          {words.members.ban}
        </Act>
      )}
      {state === 'banned' && member.mayBan && (
        <Act icon={UserPlus} onAct={() => attempt(model.unban(person.id))}>
          {words.members.unban}
        </Act>
      )}
    </ActMenu>
  )
}
