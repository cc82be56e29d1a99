import { EyeOff, Terminal } from 'lucide-react'
import { useState } from 'react'
import { Button, MenuItem } from 'react-aria-components'
import { type ChannelKind, channelKinds, type WholeTalk } from '../../matrix/desk.ts'
import { explain } from '../../models/failure.ts'
import { isForDesk, type Letter } from '../../models/letter.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'
import { channelIcon } from './channel.tsx'

type BecauseProps = { whole: WholeTalk; letter: Letter; isNote: boolean }

/** Where the words go and why, before they go. */
export function Because({ whole, letter, isNote }: BecauseProps) {
  const chosen = useValue(letter.chosen)
  const { text } = useValue(letter.composer.draft)
  if (isNote) return <Stays icon={EyeOff} text={words.desk.noteStays} />
  if (isForDesk(text)) return <Stays icon={Terminal} text={words.desk.staysHere} />
  const { way } = whole
  const kind = chosen?.channel ?? (way?.isOpen ? way.channel : undefined)
  if (kind === undefined) return null
  const reason = chosen?.reason ?? (way?.isOpen ? way.reason : '')
  return (
    <div className="because">
      <Icon of={channelIcon(kind)} />
      <span>
        <b>{words.desk.goesBy(kind)}</b> {words.desk.goesOn(reason)}{' '}
        <AnotherWay whole={whole} kind={kind} letter={letter} />
      </span>
    </div>
  )
}

function Stays({ icon, text }: { icon: typeof EyeOff; text: string }) {
  return (
    <div className="because">
      <Icon of={icon} />
      <span>{text}</span>
    </div>
  )
}

type Ways = Partial<Record<ChannelKind, WholeTalk['way']>>

/** The other kinds of channels; of those that are shut it says why. */
function AnotherWay({ whole, kind, letter }: { whole: WholeTalk; kind: ChannelKind; letter: Letter }) {
  const { desk } = useOffice()
  const chosen = useValue(letter.chosen)
  const [ways, setWays] = useState<Ways>()
  const others = channelKinds.filter((one) => one !== kind)
  function load(isOpen: boolean): void {
    if (!isOpen) return
    setWays(undefined)
    Promise.all(others.map(async (one) => [one, (await desk.api.talk(whole.id, one)).way] as const)).then(
      (all) => setWays(Object.fromEntries(all)),
      (error: unknown) => tell(explain(error), 'halt'),
    )
  }
  return (
    <ActMenu
      label={words.desk.anotherWay}
      placement="top start"
      onOpenChange={load}
      trigger={<Button className="linklike">{words.desk.anotherWay}</Button>}
    >
      {ways === undefined && <MenuItem isDisabled>{words.loading}</MenuItem>}
      {ways && others.map((one) => <OtherWay key={one} kind={one} way={ways[one]} letter={letter} />)}
      {chosen !== undefined && <Act onAct={() => letter.choose(undefined)}>{words.desk.usualWay}</Act>}
    </ActMenu>
  )
}

function OtherWay({ kind, way, letter }: { kind: ChannelKind; way: WholeTalk['way']; letter: Letter }) {
  const why = way?.isOpen === false ? firstSentence(way.message) : way?.form === 'notice' ? words.desk.asNotice : ''
  return (
    <MenuItem
      textValue={words.desk.kind(kind)}
      onAction={() =>
        way?.isOpen === false
          ? letter.shut(way)
          : letter.choose(way ?? { channel: kind, reason: words.desk.chosen(kind) })
      }
    >
      <Icon of={channelIcon(kind)} />
      <span>
        {words.desk.kind(kind)}
        {why && <small>{why}</small>}
      </span>
    </MenuItem>
  )
}

/** What could be done instead stands in the menu itself. */
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text
