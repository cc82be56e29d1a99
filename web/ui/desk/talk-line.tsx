import {
  ArrowRight,
  Check,
  CheckCheck,
  CircleAlert,
  CircleHelp,
  Clock,
  EyeOff,
  Info,
  OctagonX,
  Terminal,
  Trash2,
} from 'lucide-react'
import { memo } from 'react'
import type { Change } from '../../matrix/change.ts'
import type { Entry } from '../../matrix/entry.ts'
import type { Letter } from '../../models/letter.ts'
import type { RoomModel } from '../../models/room.ts'
import type { Fate, TalkLine, Tone } from '../../models/talk-lines.ts'
import type { WovenTimeline } from '../../models/woven.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Seal } from '../parts/seal.tsx'
import { EntryBody } from '../room/entry-body.tsx'
import { Face } from '../staff/face.tsx'
import { Via } from './channel.tsx'
import { CitizenFace } from './citizen-face.tsx'

type TalkLineProps = { line: TalkLine; timeline: WovenTimeline; letter: Letter; isKnown: boolean }

/** One line of a conversation: hers, a letter to her, a note of colleagues, or what the desk tells. */
export const TalkLineView = memo(function TalkLineView({ line, timeline, letter, isKnown }: TalkLineProps) {
  switch (line.type) {
    case 'day':
      return (
        <li className="day" data-key={line.key}>
          <span>{words.day(line.at)}</span>
        </li>
      )
    case 'new':
      return (
        <li className="newline" data-key="new">
          <b>{words.room.new}</b>
          <span />
        </li>
      )
    case 'change':
      return <Told line={line} tone="plain" text={changeWords(line.entry.change)} />
    case 'notice':
      return <Told line={line} tone={line.tone} text={line.entry.text} />
    case 'command':
      return <Told line={line} tone="plain" text={line.entry.text} command />
    default:
      return <Said line={line} timeline={timeline} letter={letter} isKnown={isKnown} />
  }
})

function changeWords(change: Change | undefined): string {
  if (!change) return ''
  return change.kind === 'leads' && change.isMine ? words.desk.youLead(change.whom) : words.entry.changed(change)
}

type ToldLine = TalkLine & { entry: Entry }

function Told({ line, tone, text, command }: { line: ToldLine; tone: Tone; text: string; command?: boolean }) {
  const { entry } = line
  const icon = line.type === 'change' ? ArrowRight : command ? Terminal : tone === 'halt' ? OctagonX : Info
  return (
    <li className={tone === 'plain' ? 'event' : `event ${tone}`} tabIndex={-1} data-key={line.key}>
      <span>
        {tone === 'act' ? <Seal state="closed" /> : <Icon of={icon} turn={icon === ArrowRight} />}
        <span>
          {command && <b>{words.desk.forDesk} </b>}
          {tone === 'halt' ? <Sentences text={text} /> : text}
        </span>
      </span>
      <time dateTime={new Date(entry.at).toISOString()}>{words.time(entry.at)}</time>
    </li>
  )
}

/** The first sentence says it; the others explain. */
function Sentences({ text }: { text: string }) {
  const end = text.search(/\.(\s|$)/)
  if (end < 0) return <b>{text}</b>
  return (
    <>
      <b>{text.slice(0, end + 1)}</b>
      {text.slice(end + 1)}
    </>
  )
}

type SaidLine = Extract<TalkLine, { follow: boolean }>

type SaidProps = { line: SaidLine; timeline: WovenTimeline; letter: Letter; isKnown: boolean }

function Said({ line, timeline, letter, isKnown }: SaidProps) {
  const { entry, follow } = line
  const room = line.type === 'note' ? (timeline.notes ?? timeline.conversation) : timeline.conversation
  if (entry.kind === 'gone') return <Gone line={line} />
  const name = entry.mine ? words.you : entry.sender.name
  const channel = line.type === 'note' ? undefined : line.channel
  const classes = ['entry', line.type !== 'words' && 'ours', follow && 'follow'].filter(Boolean).join(' ')
  return (
    <li className={classes} tabIndex={-1} data-key={line.key}>
      <div className="who">
        {follow ? (
          <span className="sr">
            {name}
            {channel && `, ${words.desk.byChannel(channel)}`}
          </span>
        ) : (
          <>
            <bdi className="name">{name}</bdi>
            {line.type === 'words' ? (
              <CitizenFace person={entry.sender} isKnown={isKnown} />
            ) : (
              <Face person={entry.sender} />
            )}
            {channel && <Via kind={channel} />}
          </>
        )}
      </div>
      <div className="said">
        <Framed line={line} room={room} letter={letter} />
      </div>
      <div className="when">
        <time dateTime={new Date(entry.at).toISOString()}>{words.time(entry.at)}</time>
      </div>
    </li>
  )
}

function Framed({ line, room, letter }: { line: SaidLine; room: RoomModel; letter: Letter }) {
  // Words to her were never written in a room's own signs.
  const body = <EntryBody entry={line.entry} model={room} timeline={room.timeline} tab={false} />
  if (line.type === 'words') return body
  if (line.type === 'note') {
    return (
      <div className="aside-note">
        <b>
          <Icon of={EyeOff} size="s" />
          {words.desk.note}
        </b>
        {body}
      </div>
    )
  }
  return (
    <div className={line.fate === 'lost' || line.fate === 'failed' ? 'letter lost' : 'letter'}>
      {body}
      {line.fate !== 'failed' && <FateLine fate={line.fate} />}
      {line.fate === 'lost' && line.entry.text && <WriteAgain text={line.entry.text} letter={letter} />}
    </div>
  )
}

/** Words are never lost: those that did not arrive can go another way. */
function WriteAgain({ text, letter }: { text: string; letter: Letter }) {
  return (
    <button type="button" className="btn little" onClick={() => letter.add(text)}>
      {words.desk.writeAgain}
    </button>
  )
}

const fateIcons: Record<Fate, typeof Check> = {
  sending: Clock,
  waits: Clock,
  failed: CircleAlert,
  sent: Check,
  arrived: CheckCheck,
  lost: CircleAlert,
  unsure: CircleHelp,
}

function FateLine({ fate }: { fate: Fate }) {
  return (
    <span className="fate">
      <Icon of={fateIcons[fate]} />
      {words.desk.fates[fate]}
    </span>
  )
}

function Gone({ line: { key, entry } }: { line: SaidLine }) {
  return (
    <li className="event" tabIndex={-1} data-key={key}>
      <span>
        <Icon of={Trash2} />
        <span>{words.entry.gone(entry.removedBy ?? '', entry.removedBy === undefined || entry.mine)}</span>
      </span>
      <time dateTime={new Date(entry.at).toISOString()}>{words.time(entry.at)}</time>
    </li>
  )
}
