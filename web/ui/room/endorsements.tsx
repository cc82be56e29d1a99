import { Plus } from 'lucide-react'
import { Button } from 'react-aria-components'
import type { Endorsement, Entry } from '../../matrix/entry.ts'
import type { RoomModel } from '../../models/room.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { entryActs } from './entry-acts.ts'

const labelOf = (key: string): string => words.endorsements.find((known) => known.key === key)?.label ?? key

type EndorsementsProps = { entry: Entry; model: RoomModel; timeline: TimelineModel; tabIndex: number }

/** Who agrees, has seen, gives thanks: words first. One's own have a double edge and can be taken back. */
export function Endorsements({ entry, model, timeline, tabIndex }: EndorsementsProps) {
  const { endorse } = entryActs(model, timeline, entry)
  return (
    <div className="endorse">
      {entry.endorsements.map((given) => (
        <Given key={given.key} given={given} tabIndex={tabIndex} onToggle={endorse} />
      ))}
      {endorse && (
        <EndorseMenu
          entry={entry}
          onEndorse={endorse}
          trigger={
            <Button className="add" aria-label={words.entry.endorse} excludeFromTabOrder={tabIndex < 0}>
              <Icon of={Plus} size="s" />
            </Button>
          }
        />
      )}
    </div>
  )
}

type GivenProps = {
  given: Endorsement
  tabIndex: number
  onToggle: ((key: string, mineId: string | undefined) => void) | undefined
}

function Given({ given, tabIndex, onToggle }: GivenProps) {
  const label = labelOf(given.key)
  const who = words.entry.endorsedBy(label, given.people)
  return (
    <button
      type="button"
      aria-pressed={given.mineId !== undefined}
      tabIndex={tabIndex}
      title={who}
      aria-label={`${label} ${given.count}. ${who}`}
      onClick={() => onToggle?.(given.key, given.mineId)}
    >
      {label} <b>{words.count(given.count)}</b>
    </button>
  )
}

type EndorseMenuProps = {
  entry: Entry
  trigger: React.ReactNode
  onEndorse(key: string, mineId: string | undefined): void
  onOpenChange?(open: boolean): void
}

/** The words one can endorse with. */
export function EndorseMenu({ entry, trigger, onEndorse, onOpenChange }: EndorseMenuProps) {
  return (
    <ActMenu label={words.entry.endorse} trigger={trigger} {...(onOpenChange ? { onOpenChange } : {})}>
      {words.endorsements.map(({ key, label }) => (
        <Act key={key} onAct={() => onEndorse(key, entry.endorsements.find((given) => given.key === key)?.mineId)}>
          {label}
        </Act>
      ))}
    </ActMenu>
  )
}
