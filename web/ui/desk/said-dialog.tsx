import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { SaidMessage } from '../../matrix/citizens.ts'
import { initialsOf, toneOf } from '../../matrix/person.ts'
import { explain } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import { Face } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'
import { Via } from './channel.tsx'
import { CitizenFace } from './citizen-face.tsx'

type Said = { messages: readonly SaidMessage[]; next: string | undefined }

/** Everything that was said with a citizen, page by page; the newest page first, each in the order of time. */
function useSaid(personId: string): { said: Said | undefined; failure: string | undefined; older(): void } {
  const { citizens } = useOffice().desk
  const [said, setSaid] = useState<Said>()
  const [failure, setFailure] = useState<string>()
  const isLoading = useRef(false)
  const load = useCallback(
    async (before: Said | undefined): Promise<void> => {
      if (isLoading.current) return
      isLoading.current = true
      try {
        const page = await citizens.said(personId, before?.next)
        setSaid({ messages: [...page.messages, ...(before?.messages ?? [])], next: page.next })
        setFailure(undefined)
      } catch (error) {
        setFailure(explain(error))
      } finally {
        isLoading.current = false
      }
    },
    [citizens, personId],
  )
  useEffect(() => void load(undefined), [load])
  return { said, failure, older: () => void load(said) }
}

type SaidDialogProps = { personId: string; name: string }

/** What the agency and a citizen said to each other in all conversations and by every channel, to read. */
export function SaidDialog({ personId, name }: SaidDialogProps) {
  const { said, failure, older } = useSaid(personId)
  const scroller = useRef<HTMLDivElement>(null)
  /** How far the reader is from the end, so that she stays there while earlier words come in above. */
  const fromEnd = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there is more to read.
  useLayoutEffect(() => {
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight - fromEnd.current
  }, [said])
  function showOlder(): void {
    const box = scroller.current
    fromEnd.current = box ? box.scrollHeight - box.scrollTop : 0
    older()
  }
  return (
    <FormDialog title={words.desk.said.title(name)} wide>
      {failure && <Notice tone="halt">{failure}</Notice>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div className="transcript" ref={scroller} tabIndex={0} role="group" aria-label={words.desk.said.label}>
        {said?.next && (
          <button type="button" className="btn little" onClick={showOlder}>
            {words.desk.said.earlier}
          </button>
        )}
        {said?.messages.length === 0 && <p className="quiet">{words.desk.said.nothing}</p>}
        <ol>
          {said?.messages.map((message) => (
            <SaidLine key={message.eventId} message={message} name={name} />
          ))}
        </ol>
        {!said && !failure && <p className="quiet">{words.loading}</p>}
      </div>
    </FormDialog>
  )
}

function SaidLine({ message, name }: { message: SaidMessage; name: string }) {
  const { desk, session } = useOffice()
  const isHers = message.from === 'citizen'
  const person = desk.person(message.sender)
  const shown = isHers ? name : message.sender === session.userId ? words.you : person.name
  return (
    <li className={isHers ? 'slip' : 'slip ours'}>
      {isHers ? (
        <CitizenFace person={{ initials: initialsOf(name), tone: toneOf(message.sender) }} isKnown />
      ) : (
        <Face person={person} />
      )}
      <p className="h">
        <bdi>{shown}</bdi>
        {message.channel && <Via kind={message.channel.kind} />}
        <time dateTime={new Date(message.atMs).toISOString()}>{words.moment(message.atMs)}</time>
      </p>
      <p className="b text" dir="auto">
        {message.text}
      </p>
    </li>
  )
}
