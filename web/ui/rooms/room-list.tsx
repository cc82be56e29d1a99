import { ChevronDown, MessageSquarePlus, Plus, Search, SquarePlus, Telescope } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { type GroupName, groupRooms, type RoomGroup, type Tab } from '../../models/room-list.ts'
import { words } from '../../words/index.ts'
import { BrowseDialog } from '../dialogs/browse.tsx'
import { NewMessageDialog } from '../dialogs/new-message.tsx'
import { NewRoomDialog } from '../dialogs/new-room.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { go } from '../parts/use-route.ts'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'
import { RoomLink } from './room-link.tsx'

const tabs: Tab[] = ['all', 'unread', 'forYou']

/** Arrows walk the rows and headings; the list is one stop for Tab. */
function walkRows(event: KeyboardEvent<HTMLElement>): void {
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) return
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('.room, .group button')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key] ?? 0
  const next = stops[Math.max(0, Math.min(stops.length - 1, to))]
  if (!next) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}

type RoomListProps = {
  organisation: string
  currentId: string | undefined
  /** It is the only pane in sight, so it is the page's main part. */
  alone: boolean
}

export function RoomList({ organisation, currentId, alone }: RoomListProps) {
  const rows = useValue(useOffice().rooms)
  const [tab, setTab] = useState<Tab>('all')
  const [typed, setTyped] = useState('')
  const [folded, setFolded] = useState<readonly GroupName[]>([])
  const groups = groupRooms(rows, typed ? 'all' : tab, typed)
  const dialogs = useDialogs()
  const [stopId, setStopId] = useState<string>()
  const shownIds = groups.flatMap((group) => (folded.includes(group.name) ? [] : group.rooms.map((row) => row.id)))
  const stop = [stopId, currentId].find((id) => id && shownIds.includes(id)) ?? shownIds[0]

  const Pane = alone ? 'main' : 'section'
  const toggle = (name: GroupName) =>
    setFolded((names) => (names.includes(name) ? names.filter((other) => other !== name) : [...names, name]))

  return (
    <Pane className="list" aria-label={words.list.label}>
      <div className="list-head">
        <div className="house">
          {alone ? <h1>{organisation}</h1> : <span>{organisation}</span>}
          <NewMenu />
        </div>
        <GoTo typed={typed} onType={setTyped} onGo={() => shownIds[0] && go({ page: 'room', roomId: shownIds[0] })} />
        <div className="seg" role="group" aria-label={words.list.tabs}>
          {tabs.map((name) => (
            <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>
              {words.list[name]}
            </button>
          ))}
        </div>
      </div>
      <div className="list-scroll" onKeyDown={walkRows} role="group" aria-label={words.list.scroll}>
        {groups.map((group) => (
          <Group
            key={group.name}
            group={group}
            folded={folded.includes(group.name)}
            onToggle={() => toggle(group.name)}
            currentId={currentId}
            stopId={stop}
            onStop={setStopId}
          />
        ))}
        {groups.length === 0 && (
          <Nothing typed={typed} tab={tab} onFind={() => dialogs.show(<NewMessageDialog typed={typed} />)} />
        )}
      </div>
    </Pane>
  )
}

function NewMenu() {
  const dialogs = useDialogs()
  const trigger = (
    <Button className="btn bare icon little" aria-label={words.list.create}>
      <Icon of={Plus} />
    </Button>
  )
  return (
    <ActMenu label={words.list.create} trigger={trigger}>
      <Act icon={SquarePlus} onAct={() => dialogs.show(<NewRoomDialog />)}>
        {words.list.newRoom}
      </Act>
      <Act icon={MessageSquarePlus} onAct={() => dialogs.show(<NewMessageDialog typed="" />)}>
        {words.list.newMessage}
      </Act>
      <Act icon={Telescope} onAct={() => dialogs.show(<BrowseDialog />)}>
        {words.list.browse}
      </Act>
    </ActMenu>
  )
}

function GoTo({ typed, onType, onGo }: { typed: string; onType(text: string): void; onGo(): void }) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    function jump(event: globalThis.KeyboardEvent): void {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      if (!input.current?.checkVisibility()) go({ page: 'home' })
      requestAnimationFrame(() => {
        input.current?.focus()
        input.current?.select()
      })
    }
    addEventListener('keydown', jump)
    return () => removeEventListener('keydown', jump)
  }, [])

  function onKey(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'Enter') {
      event.preventDefault()
      onGo()
      onType('')
    } else if (event.key === 'Escape') {
      onType('')
    } else if (event.key === 'ArrowDown') {
      event.preventDefault()
      document.querySelector<HTMLElement>('.list-scroll .room')?.focus()
    }
  }

  return (
    <label className="search">
      <Icon of={Search} />
      <span className="sr">{words.list.searchLabel}</span>
      <input
        ref={input}
        className="input"
        type="search"
        placeholder={words.list.search}
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={onKey}
        autoComplete="off"
      />
      <kbd>Ctrl K</kbd>
    </label>
  )
}

type GroupProps = {
  group: RoomGroup
  folded: boolean
  onToggle(): void
  currentId: string | undefined
  stopId: string | undefined
  onStop(id: string): void
}

function Group({ group, folded, onToggle, currentId, stopId, onStop }: GroupProps) {
  return (
    <>
      <h2 className="group">
        <button type="button" aria-expanded={!folded} onClick={onToggle} tabIndex={-1}>
          <Icon of={ChevronDown} />
          {words.list.groups[group.name]}
          <span className="count">{words.count(group.rooms.length)}</span>
        </button>
      </h2>
      {!folded && (
        <ul>
          {group.rooms.map((row) => (
            <li key={row.id}>
              <RoomLink row={row} current={row.id === currentId} stop={row.id === stopId} onStop={onStop} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Nothing({ typed, tab, onFind }: { typed: string; tab: Tab; onFind(): void }) {
  if (typed) {
    return (
      <div className="none">
        <p className="quiet">{words.list.noMatch(typed)}</p>
        <button type="button" className="btn little" onClick={onFind}>
          {words.list.findPerson(typed)}
        </button>
      </div>
    )
  }
  if (tab !== 'all') {
    return <p className="none quiet">{tab === 'unread' ? words.list.noUnread : words.list.noForYou}</p>
  }
  return (
    <div className="none">
      <p className="strong">{words.list.emptyTitle}</p>
      <p className="quiet">{words.list.emptyText}</p>
    </div>
  )
}
