import { ArrowDown } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import type { WholeTalk } from '../../matrix/desk.ts'
import type { Letter } from '../../models/letter.ts'
import type { WovenTimeline } from '../../models/woven.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { useValue } from '../parts/use-value.ts'
import { Bones, Older } from '../room/minutes.tsx'
import { useMinutesScroll } from '../room/use-minutes-scroll.ts'
import { walkLines } from '../room/walk-lines.ts'
import { TalkLineView } from './talk-line.tsx'

type TalkMinutesProps = { timeline: WovenTimeline; letter: Letter; whole: WholeTalk }

/** What was said and noted, from top to bottom. Arrows walk the lines; it is one stop for Tab. */
export function TalkMinutes({ timeline, letter, whole }: TalkMinutesProps) {
  const state = useValue(timeline.state)
  const onRead = useCallback(() => timeline.markRead(), [timeline])
  const { scroller, list, newBelow, toLatest } = useMinutesScroll(timeline, onRead)
  useEffect(() => {
    if (timeline.state.get().status === 'opening') void timeline.open()
  }, [timeline])
  return (
    <div className="minutes-frame">
      <div
        className="scroll"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={words.desk.log(whole.name)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        onKeyDown={(event) => walkLines(event, scroller.current)}
      >
        {state.status === 'opening' && <Bones />}
        <Older older={state.older} onAgain={() => void timeline.loadOlder()} />
        <ol className="minutes desk" ref={list}>
          {state.items.map((line) => (
            <TalkLineView
              key={line.key}
              line={line}
              timeline={timeline}
              letter={letter}
              isKnown={whole.personId !== null}
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
