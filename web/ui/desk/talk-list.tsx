import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { type Desk, type DeskLists, inOrder } from '../../models/desk.ts'
import { explain } from '../../models/failure.ts'
import { type DeskRoute, type DeskView, formatRoute } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'
import { TalkLink } from './talk-link.tsx'

const redrawMs = 30_000

/** Arrows walk the conversations; the list is one stop for Tab. */
function walkTalks(event: KeyboardEvent<HTMLElement>): void {
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) return
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('.talk')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key] ?? 0
  const next = stops[Math.max(0, Math.min(stops.length - 1, to))]
  if (!next) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}

/** How long somebody has waited goes on while nothing happens. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), redrawMs)
    return () => clearInterval(timer)
  }, [])
  return now
}

type TalkListProps = { route: DeskRoute; alone: boolean }

export function TalkList({ route, alone }: TalkListProps) {
  const { desk } = useOffice()
  const lists = useValue(desk.lists)
  const failure = useValue(desk.failure)
  const [typed, setTyped] = useState('')
  const Pane = alone ? 'main' : 'section'
  const viewKey = JSON.stringify(route.view)
  useEffect(() => desk.watch(JSON.parse(viewKey) as DeskView), [desk, viewKey])
  return (
    <Pane className="list" aria-label={words.desk.label}>
      <div className="list-head">
        <div className="house">{alone ? <h1>{words.desk.title}</h1> : <span>{words.desk.title}</span>}</div>
        <label className="search">
          <Icon of={Search} />
          <span className="sr">{words.desk.searchLabel}</span>
          <input
            className="input"
            type="search"
            placeholder={words.desk.search}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
          />
        </label>
      </div>
      {failure !== undefined && lists === undefined && <Notice tone="halt">{explain(failure)}</Notice>}
      {lists && <Views lists={lists} view={route.view} />}
      {lists && <Talks desk={desk} lists={lists} route={route} typed={typed} />}
    </Pane>
  )
}

function Views({ lists, view }: { lists: DeskLists; view: DeskView }) {
  const counted = (list: { talks: readonly unknown[]; hasMore: boolean }) =>
    `${words.count(list.talks.length)}${list.hasMore ? '+' : ''}`
  const untaken = lists.queues.reduce((sum, queue) => sum + queue.unassigned, 0)
  const all: { key: string; to: DeskView; name: string; count: string }[] = [
    { key: 'mine', to: { name: 'mine' }, name: words.desk.mine, count: counted(lists.mine) },
    { key: 'new', to: { name: 'new' }, name: words.desk.new, count: words.count(untaken) },
    { key: 'waiting', to: { name: 'waiting' }, name: words.desk.waiting, count: counted(lists.waiting) },
    { key: 'done', to: { name: 'done' }, name: words.desk.done, count: '' },
    ...lists.queues.map(({ id, name, open }) => ({
      key: id,
      to: { name: 'queue' as const, queue: id },
      name,
      count: words.count(open),
    })),
  ]
  const current = view.name === 'queue' ? view.queue : view.name
  return (
    <nav className="queues" aria-label={words.desk.views}>
      {all.map(({ key, to, name, count }) => (
        <a key={key} href={formatRoute({ page: 'desk', view: to })} aria-current={key === current ? 'page' : undefined}>
          <span>{name}</span>
          {count && <b>{count}</b>}
        </a>
      ))}
    </nav>
  )
}

type TalksProps = { desk: Desk; lists: DeskLists; route: DeskRoute; typed: string }

function Talks({ desk, lists, route, typed }: TalksProps) {
  const now = useNow()
  const [stopId, setStopId] = useState<string>()
  const { view } = route
  const list = lists.shown
  const talks = inOrder(list?.talks ?? [], view, typed)
  const ids = talks.map(({ id }) => id)
  const stop = [stopId, route.talkId].find((id) => id && ids.includes(id)) ?? ids[0]
  const title = view.name === 'queue' ? queueName(lists, view.queue) : words.desk[view.name]
  return (
    <div className="list-scroll" role="group" aria-label={words.desk.list(title)} onKeyDown={walkTalks}>
      <ul>
        {talks.map((talk) => (
          <li key={talk.id}>
            <TalkLink
              talk={talk}
              view={view}
              now={now}
              unread={desk.unread(talk)}
              said={desk.lastWords(talk)}
              leader={talk.assignee === null ? undefined : desk.person(talk.assignee, talk.roomId).name}
              isCurrent={talk.id === route.talkId}
              isStop={talk.id === stop}
              onStop={setStopId}
            />
          </li>
        ))}
      </ul>
      {list?.hasMore && !typed && (
        <p className="none">
          <button type="button" className="btn little" onClick={() => void desk.more()}>
            {words.desk.more}
          </button>
        </p>
      )}
      {list && talks.length === 0 && (
        <p className="none quiet">{typed ? words.desk.noMatch(typed) : words.desk.empty[view.name]}</p>
      )}
    </div>
  )
}

const queueName = ({ queues }: DeskLists, id: string): string =>
  queues.find((queue) => queue.id === id)?.name ?? words.desk.unknownQueue
