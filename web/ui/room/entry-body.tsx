import { CircleAlert, CornerUpLeft } from 'lucide-react'
import type { Entry, Quote, ThreadSummary } from '../../matrix/entry.ts'
import { escapeHtml } from '../../matrix/markdown.ts'
import type { RoomModel } from '../../models/room.ts'
import { formatRoute } from '../../models/route.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Seal } from '../parts/seal.tsx'
import { Face } from '../staff/face.tsx'
import { Endorsements } from './endorsements.tsx'
import { Paper, PictureView } from './files.tsx'

type EntryBodyProps = { entry: Entry; model: RoomModel; timeline: TimelineModel; tab: boolean }

/** What was said, in the order: what it answers, the words, files, endorsements, its thread, and what went wrong. */
export function EntryBody({ entry, model, timeline, tab }: EntryBodyProps) {
  const tabIndex = tab ? 0 : -1
  return (
    <>
      {entry.quote && <Cite quote={entry.quote} roomId={model.id} tabIndex={tabIndex} />}
      {entry.kind === 'gone' && <p className="small quiet">{words.entry.gone(entry.removedBy ?? '', entry.mine)}</p>}
      {entry.kind === 'locked' && (
        <p className="line quiet small">
          <Seal state="broken" />
          {words.entry.locked}
        </p>
      )}
      {entry.kind === 'unknown' && <p className="quiet small">{words.entry.unknown}</p>}
      {(entry.html || entry.editedAt) && <Text entry={entry} />}
      {entry.picture && <PictureView picture={entry.picture} tabIndex={tabIndex} />}
      {entry.file && <Paper file={entry.file} tabIndex={tabIndex} />}
      {entry.endorsements.length > 0 && (
        <Endorsements entry={entry} model={model} timeline={timeline} tabIndex={tabIndex} />
      )}
      {entry.thread && <ThreadLine thread={entry.thread} roomId={model.id} tabIndex={tabIndex} />}
      {entry.sending === 'failed' && <Unsent entry={entry} model={model} timeline={timeline} />}
    </>
  )
}

function Text({ entry }: { entry: Entry }) {
  const waiting = entry.sending === 'sending' || entry.sending === 'waits'
  const classes = ['text', waiting && 'pending', entry.emote && 'emote'].filter(Boolean).join(' ')
  const who = entry.emote ? `<b>${escapeHtml(entry.sender.name)}</b> ` : ''
  const edited = entry.editedAt ? ` <span class="edited">${escapeHtml(words.entry.edited(entry.editedAt))}</span>` : ''
  // The words passed the strict list in `richText`; the note about the edit joins their last line.
  const html = who || edited ? joinLine(entry.html, who, edited) : entry.html
  // biome-ignore lint/security/noDangerouslySetInnerHtml: this HTML passed DOMPurify with the specification's list.
  return <div className={classes} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
}

function joinLine(html: string, before: string, after: string): string {
  const first = before ? (/^<p>/.test(html) ? html.replace('<p>', `<p>${before}`) : before + html) : html
  return first.endsWith('</p>') ? `${first.slice(0, -4)}${after}</p>` : first + after
}

function Cite({ quote, roomId, tabIndex }: { quote: Quote; roomId: string; tabIndex: number }) {
  return (
    <a
      className="cite"
      href={formatRoute({ page: 'room', roomId, eventId: quote.id })}
      tabIndex={tabIndex}
      aria-label={quote.name ? `${words.entry.jump(quote.name)}: ${quote.text}` : words.entry.unknownQuote}
    >
      <Icon of={CornerUpLeft} size="s" turn />
      <span className="q" dir="auto">
        {quote.name && <b>{quote.name}</b>}
        {quote.text || (quote.name ? words.entry.quoteGone : words.entry.unknownQuote)}
      </span>
    </a>
  )
}

function ThreadLine({ thread, roomId, tabIndex }: { thread: ThreadSummary; roomId: string; tabIndex: number }) {
  return (
    <a
      className="thread-line"
      href={formatRoute({ page: 'room', roomId, side: { kind: 'thread', rootId: thread.rootId } })}
      tabIndex={tabIndex}
    >
      <span className="faces">
        {thread.people.map((person) => (
          <Face key={person.id} person={person} size="tiny" />
        ))}
      </span>
      <b>{words.entry.replies(thread.count)}</b>
      {thread.unread > 0 && <span className="count you">{words.entry.unreadReplies(thread.unread)}</span>}
      {thread.lastName && <span className="last">{words.entry.lastBy(thread.lastName, thread.lastAt)}</span>}
    </a>
  )
}

function Unsent({ entry, model, timeline }: { entry: Entry; model: RoomModel; timeline: TimelineModel }) {
  const event = () => timeline.event(entry.id)
  const again = () => {
    const found = event()
    if (found) model.sendAgain(found)
  }
  const discard = () => {
    const found = event()
    if (found) model.discard(found)
  }
  return (
    <div className="unsent" role="alert">
      <Icon of={CircleAlert} size="s" />
      {words.entry.failed(entry.failure ?? '')}
      <button type="button" className="btn little" onClick={again}>
        {words.entry.sendAgain}
      </button>
      <button type="button" className="btn bare little" onClick={discard}>
        {words.entry.discard}
      </button>
    </div>
  )
}
