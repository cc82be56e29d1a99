import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import type { Item } from '../../models/minutes.ts'
import type { RoomModel } from '../../models/room.ts'
import type { TimelineModel, TimelineState } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { useValue } from '../parts/use-value.ts'
import { ChangeLine } from './change-line.tsx'
import { EntryView } from './entry-view.tsx'
import { isInside, lineKey } from './line-key.ts'
import { useEntryKeys } from './use-entry-keys.ts'
import { useMinutesScroll } from './use-minutes-scroll.ts'
import { walkLines } from './walk-lines.ts'

type MinutesProps = { model: RoomModel; timeline: TimelineModel; label: string; onRead(): void }

/** The sheet: entries between margin and time. Arrows walk them; it is one stop for Tab. */
export function Minutes({ model, timeline, label, onRead }: MinutesProps) {
  const state = useValue(timeline.state)
  const { scroller, list, newBelow, toLatest } = useMinutesScroll(timeline, onRead)
  const [activeKey, setActiveKey] = useState<string>()
  const [pointedKey, setPointedKey] = useState<string>()
  const onEntryKey = useEntryKeys(model, timeline)

  // Focus and pointer are followed here once, instead of in every entry.
  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (walkLines(event, scroller.current)) return
    const key = lineKey(event)
    const entry = state.items.find((item) => item.key === key)
    if (entry?.type === 'entry' && (event.target as Element).matches('.entry')) onEntryKey(event, entry.entry)
  }

  const shown = (key: string) => key === activeKey || key === pointedKey
  return (
    <div className="minutes-frame">
      <div
        className="scroll"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => isInside(event) && setActiveKey(lineKey(event))}
        onPointerOver={(event) => event.pointerType === 'mouse' && isInside(event) && setPointedKey(lineKey(event))}
        onPointerLeave={() => setPointedKey(undefined)}
      >
        {state.status === 'opening' && <Bones />}
        <Older older={state.older} onAgain={() => void timeline.loadOlder()} />
        <ol className="minutes" ref={list}>
          {state.items.map((item) => (
            <Line
              key={item.key}
              item={item}
              model={model}
              timeline={timeline}
              shown={shown(item.key)}
              readers={item.type === 'entry' && item.entry.id === state.read?.entryId ? state.read.readers : 0}
              sought={item.type === 'entry' && item.entry.id === state.soughtId}
            />
          ))}
        </ol>
      </div>
      {newBelow !== undefined && (
        <button
          type="button"
          className={newBelow > 0 ? 'btn act little new-below' : 'btn little new-below'}
          onClick={toLatest}
        >
          <Icon of={ArrowDown} size="s" />
          {words.room.newBelow(newBelow)}
        </button>
      )}
    </div>
  )
}

export function Older({ older, onAgain }: { older: TimelineState['older']; onAgain(): void }) {
  if (older === 'loading') {
    return (
      <p className="older quiet small" role="status">
        <span className="line">
          <span className="spin" />
          {words.loading}
        </span>
      </p>
    )
  }
  if (older !== 'failed') return null
  return (
    <p className="older small">
      <span className="line">
        {words.room.olderFailed}
        <button type="button" className="btn little" onClick={onAgain}>
          {words.tryAgain}
        </button>
      </span>
    </p>
  )
}

type LineProps = {
  item: Item
  model: RoomModel
  timeline: TimelineModel
  shown: boolean
  readers: number
  sought: boolean
}

function Line({ item, model, timeline, shown, readers, sought }: LineProps) {
  switch (item.type) {
    case 'start':
      return <Start model={model} />
    case 'day':
      return (
        <li className="day" data-key={item.key}>
          <span>{words.day(item.at)}</span>
        </li>
      )
    case 'new':
      return (
        <li className="newline" data-key="new">
          <b>{words.room.new}</b>
          <span />
        </li>
      )
    case 'changes':
      return <ChangeLine itemKey={item.key} entries={item.entries} />
    case 'entry':
      return (
        <EntryView
          entry={item.entry}
          follow={item.follow}
          model={model}
          timeline={timeline}
          shown={shown}
          readers={readers}
          sought={sought}
        />
      )
  }
}

function Start({ model }: { model: RoomModel }) {
  const { name, topic, partner } = useValue(model.header)
  return (
    <li className="start" data-key="start">
      <div>
        <h2>{words.room.startTitle(name)}</h2>
        <p>{partner ? words.room.startTextDirect(name) : words.room.startText}</p>
        {topic && <p className="words">{topic}</p>}
      </div>
    </li>
  )
}

export function Bones() {
  return (
    <div className="pad">
      <div className="bones" role="status">
        <span className="sr">{words.room.loading}</span>
        {['40%', '92%', '86%', '64%', '38%', '80%'].map((inlineSize) => (
          <span key={inlineSize} className="bone" style={{ inlineSize }} />
        ))}
      </div>
    </div>
  )
}
