import { EyeOff, Terminal } from 'lucide-react'
import { Button } from 'react-aria-components'
import { type ChannelKind, channelKinds, type WholeTalk } from '../../matrix/desk.ts'
import { isForDesk, type Letter } from '../../models/letter.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { useValue } from '../parts/use-value.ts'
import { channelIcon } from './channel.tsx'

type BecauseProps = { whole: WholeTalk; letter: Letter; isNote: boolean }

/** Where the words go and why, before they go. */
export function Because({ whole, letter, isNote }: BecauseProps) {
  const chosen = useValue(letter.channel)
  const { text } = useValue(letter.composer.draft)
  if (isNote) return <Stays icon={EyeOff} text={words.desk.noteStays} />
  if (isForDesk(text)) return <Stays icon={Terminal} text={words.desk.staysHere} />
  const { way } = whole
  const kind = chosen ?? (way?.isOpen ? way.channel : undefined)
  if (kind === undefined) return null
  const reason = chosen === undefined && way?.isOpen ? way.reason : words.desk.chosen(kind)
  return (
    <div className="because">
      <Icon of={channelIcon(kind)} />
      <span>
        <b>{words.desk.goesBy(kind)}</b> {words.desk.goesOn(reason)} <AnotherWay kind={kind} letter={letter} />
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

function AnotherWay({ kind, letter }: { kind: ChannelKind; letter: Letter }) {
  const chosen = useValue(letter.channel)
  const others = channelKinds.filter((one) => one !== kind)
  return (
    <ActMenu
      label={words.desk.anotherWay}
      placement="top start"
      trigger={<Button className="linklike">{words.desk.anotherWay}</Button>}
    >
      {others.map((one) => (
        <Act key={one} icon={channelIcon(one)} onAct={() => letter.choose(one)}>
          {words.desk.kind(one)}
        </Act>
      ))}
      {chosen !== undefined && <Act onAct={() => letter.choose(undefined)}>{words.desk.usualWay}</Act>}
    </ActMenu>
  )
}
