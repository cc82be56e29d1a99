import { type KeyboardEvent, useCallback, useEffect, useState } from 'react'
import type { Entry } from '../../matrix/entry.ts'
import type { RoomModel, ThreadModel } from '../../models/room.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { useValue } from '../parts/use-value.ts'
import { Composer } from '../room/composer.tsx'
import { EntryBody } from '../room/entry-body.tsx'
import { EntryTools } from '../room/entry-tools.tsx'
import { isInside, lineKey } from '../room/line-key.ts'
import { useDrop } from '../room/room-sheet.tsx'
import { useEntryKeys } from '../room/use-entry-keys.ts'
import { useMinutesScroll } from '../room/use-minutes-scroll.ts'
import { walkLines } from '../room/walk-lines.ts'
import { Face } from '../staff/face.tsx'
import { SidePanel } from './side-panel.tsx'

/** A thread beside its room. */
export function ThreadPanel({ model, rootId }: { model: RoomModel; rootId: string }) {
  const [thread, setThread] = useState<ThreadModel | 'missing'>()
  useEffect(() => {
    let gone = false
    let opened: ThreadModel | undefined
    void model.thread(rootId).then((next) => {
      if (gone) next?.stop()
      else {
        opened = next
        setThread(next ?? 'missing')
      }
    })
    return () => {
      gone = true
      opened?.stop()
    }
  }, [model, rootId])
  const about = thread && thread !== 'missing' ? words.thread.begunBy(thread.begunBy.name) : ''
  return (
    <SidePanel
      back={{ page: 'room', roomId: model.id }}
      title={words.thread.title}
      about={about}
      closeLabel={words.thread.close}
    >
      {thread === 'missing' && <p className="pad quiet">{words.thread.missing}</p>}
      {thread && thread !== 'missing' && <OpenThread model={model} thread={thread} />}
    </SidePanel>
  )
}

function OpenThread({ model, thread }: { model: RoomModel; thread: ThreadModel }) {
  const { timeline, composer } = thread
  const markRead = useCallback(() => model.markRead(timeline), [model, timeline])
  const state = useValue(timeline.state)
  const { scroller, list } = useMinutesScroll(timeline, markRead)
  const [shownKey, setShownKey] = useState<string>()
  const { over, handlers } = useDrop((files) => composer.attach(files))
  const onEntryKey = useEntryKeys(model, timeline)

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (walkLines(event, scroller.current)) return
    const key = lineKey(event)
    const item = state.items.find((one) => one.key === key)
    if (item?.type === 'entry' && (event.target as Element).matches('.slip')) onEntryKey(event, item.entry)
  }

  return (
    <div className="thread-pane" {...handlers}>
      <div
        className="scroll"
        ref={scroller}
        role="group"
        aria-label={words.thread.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => isInside(event) && setShownKey(lineKey(event))}
        onPointerOver={(event) => event.pointerType === 'mouse' && isInside(event) && setShownKey(lineKey(event))}
      >
        <ol className="slips" ref={list}>
          {state.items.map((item) =>
            item.type === 'day' ? (
              <li key={item.key} className="slip-day">
                {words.day(item.at)}
              </li>
            ) : item.type === 'entry' ? (
              <Slip key={item.key} entry={item.entry} model={model} timeline={timeline} shown={item.key === shownKey} />
            ) : null,
          )}
        </ol>
      </div>
      <Composer model={model} composer={composer} timeline={timeline} inThread />
      {over && <div className="drop">{words.composer.drop}</div>}
    </div>
  )
}

type SlipProps = { entry: Entry; model: RoomModel; timeline: TimelineModel; shown: boolean }

function Slip({ entry, model, timeline, shown }: SlipProps) {
  const state =
    entry.sending === 'sending'
      ? words.entry.sending
      : entry.sending === 'waits'
        ? words.entry.waits
        : words.time(entry.at)
  return (
    <li className={entry.toMe ? 'slip to-you' : 'slip'} tabIndex={-1} data-key={entry.key}>
      <Face person={entry.sender} />
      <div className="h">
        <span>{entry.mine ? words.you : entry.sender.name}</span>
        {entry.sender.house && <span className="origin other">{entry.sender.house}</span>}
        <time dateTime={new Date(entry.at).toISOString()}>{state}</time>
      </div>
      <div className="b">
        <EntryBody entry={entry} model={model} timeline={timeline} tab={shown} />
      </div>
      {shown && <EntryTools entry={entry} model={model} timeline={timeline} />}
    </li>
  )
}
