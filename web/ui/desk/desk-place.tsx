import { Inbox } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { codeOf } from '../../models/failure.ts'
import type { DeskRoute } from '../../models/route.ts'
import type { TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { useMediaQuery } from '../parts/use-media-query.ts'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'
import { CitizenPanel } from './citizen-panel.tsx'
import { OutsideSheet } from './outside-sheet.tsx'
import { TalkSheet } from './talk-sheet.tsx'
import { useTake } from './use-take.tsx'
import { useTalk } from './use-talk.ts'

/** What stands beside the list of the desk: a conversation and what is known of the citizen. */
export function DeskPlace({ route }: { route: DeskRoute }) {
  return route.talkId === undefined ? <NothingOpen /> : <OpenTalk key={route.talkId} id={route.talkId} route={route} />
}

function OpenTalk({ id, route }: { id: string; route: DeskRoute }) {
  const model = useTalk(id)
  return model ? <Talk model={model} route={route} /> : <main className="sheet" id="sheet" tabIndex={-1} />
}

function Talk({ model, route }: { model: TalkModel; route: DeskRoute }) {
  const whole = useValue(model.whole)
  const inside = useValue(model.inside)
  const failure = useValue(model.failure)
  const isWide = useMediaQuery('(min-width: 1200px)')
  const name = whole?.name ?? ''
  useEffect(() => {
    if (name) document.title = words.title(name, 0)
  }, [name])
  useKeptFocus(inside !== undefined)
  if (!whole) return <Missing failure={failure} />
  return (
    <>
      {inside ? (
        <TalkSheet model={model} whole={whole} inside={inside} route={route} />
      ) : (
        <OutsideSheet model={model} whole={whole} route={route} />
      )}
      {(isWide || route.side === 'citizen') && (
        <CitizenPanel model={model} whole={whole} isInside={inside !== undefined} route={route} isWide={isWide} />
      )}
    </>
  )
}

/** What had the focus goes when one comes in or out: then it stands where one goes on. */
function useKeptFocus(isInside: boolean): void {
  const before = useRef(isInside)
  useEffect(() => {
    const isSame = before.current === isInside
    before.current = isInside
    if (isSame || (document.activeElement && document.activeElement !== document.body)) return
    const isTouch = matchMedia('(pointer: coarse)').matches
    // On a telephone a field that has the focus brings up the keyboard, over the words that one wants to read.
    const field = isInside && !isTouch ? document.querySelector<HTMLElement>('.letter-box textarea') : null
    const place = field ?? document.getElementById('sheet')
    place?.focus({ preventScroll: true })
  }, [isInside])
}

function Missing({ failure }: { failure: unknown }) {
  const isOffline = codeOf(failure) === 'OFFLINE'
  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      {failure !== undefined && (
        <div className="nothing-open">
          <div className="empty">
            <h1>{words.desk.notFoundTitle}</h1>
            <p className="quiet">{isOffline ? words.failure('OFFLINE') : words.desk.notFoundText}</p>
          </div>
        </div>
      )}
    </main>
  )
}

function NothingOpen() {
  const lists = useValue(useOffice().desk.lists)
  const { take, busy } = useTake()
  const next = lists?.fresh.talks.toSorted((a, b) => (a.lastInMs ?? 0) - (b.lastInMs ?? 0))[0]
  const hasDesk = !lists || lists.queues.length > 0
  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      <div className="nothing-open">
        <div className="empty">
          <Icon of={Inbox} size="xl" />
          <h1>{hasDesk ? words.desk.nothingOpenTitle : words.desk.noDeskTitle}</h1>
          {!hasDesk && <p className="quiet">{words.desk.noDeskText}</p>}
          {next && (
            <>
              <p className="quiet">{words.desk.nothingOpenText}</p>
              <button type="button" className="btn act" aria-busy={busy} onClick={() => take(next.id)}>
                {words.desk.takeNext(next.name)}
              </button>
            </>
          )}
        </div>
      </div>
    </main>
  )
}
