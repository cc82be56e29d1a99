import { CheckCheck, Clock, Trash2 } from 'lucide-react'
import { memo } from 'react'
import type { Entry } from '../../matrix/entry.ts'
import type { RoomModel } from '../../models/room.ts'
import { formatRoute } from '../../models/route.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Face } from '../staff/face.tsx'
import { EntryBody } from './entry-body.tsx'
import { EntryTools } from './entry-tools.tsx'

type EntryViewProps = {
  entry: Entry
  follow: boolean
  model: RoomModel
  timeline: TimelineModel
  /** Under the pointer or with the focus: its acts are there and can be reached. */
  shown: boolean
  readers: number
  sought: boolean
}

/** One person's words on the sheet: who in the margin, the words past the rule, when at the edge. */
export const EntryView = memo(function EntryView(props: EntryViewProps) {
  const { entry, follow, model, timeline, shown, readers, sought } = props
  if (entry.kind === 'gone' && !entry.thread) {
    return (
      <li className="event" tabIndex={-1} data-key={entry.key}>
        <span>
          <Icon of={Trash2} />
          <span>{words.entry.gone(entry.removedBy ?? '', entry.removedBy === undefined || entry.mine)}</span>
        </span>
        <time dateTime={new Date(entry.at).toISOString()}>{words.time(entry.at)}</time>
      </li>
    )
  }
  const classes = ['entry', follow && 'follow', entry.toMe && 'to-you', sought && 'sought'].filter(Boolean).join(' ')
  return (
    <li className={classes} tabIndex={-1} data-key={entry.key}>
      <div className="who">
        {follow ? (
          <span className="sr">{entry.mine ? words.you : entry.sender.name}</span>
        ) : (
          <>
            <span className="name">{entry.mine ? words.you : entry.sender.name}</span>
            <Face person={entry.sender} />
            {entry.sender.house && <span className="origin other">{entry.sender.house}</span>}
          </>
        )}
      </div>
      <div className="said">
        <EntryBody entry={entry} model={model} timeline={timeline} tab={shown} />
      </div>
      <When entry={entry} roomId={model.id} readers={readers} tab={shown} />
      {shown && <EntryTools entry={entry} model={model} timeline={timeline} />}
    </li>
  )
})

function When({ entry, roomId, readers, tab }: { entry: Entry; roomId: string; readers: number; tab: boolean }) {
  if (entry.sending === 'sending') {
    return (
      <div className="when">
        <span className="state">
          <span className="spin s" />
          {words.entry.sending}
        </span>
      </div>
    )
  }
  if (entry.sending === 'waits') {
    return (
      <div className="when">
        <span className="state" title={words.entry.waitsHint}>
          <Icon of={Clock} size="s" />
          {words.entry.waits}
        </span>
      </div>
    )
  }
  return (
    <div className="when">
      {entry.sending === 'sent' && (
        <a
          href={formatRoute({ page: 'room', roomId, eventId: entry.id })}
          tabIndex={tab ? 0 : -1}
          aria-label={`${words.moment(entry.at)}, ${words.entry.link}`}
        >
          <time dateTime={new Date(entry.at).toISOString()}>{words.time(entry.at)}</time>
        </a>
      )}
      {readers > 0 && (
        <span className="state">
          <Icon of={CheckCheck} size="s" />
          {readers === 1 ? words.entry.read : words.entry.readBy(readers)}
        </span>
      )}
    </div>
  )
}
