import { Paperclip, Quote } from 'lucide-react'
import { type ChangeEvent, useCallback, useRef, useState } from 'react'
import { Button, MenuItem } from 'react-aria-components'
import type { CannedReply, NextBest, WholeTalk } from '../../matrix/desk.ts'
import type { ComposerModel } from '../../models/composer.ts'
import { explain } from '../../models/failure.ts'
import { isForDesk, type Letter } from '../../models/letter.ts'
import { tell } from '../../models/notices.ts'
import { smsLength } from '../../models/sms-length.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { Notice } from '../parts/notice.tsx'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'

function Attach({ composer }: { composer: ComposerModel }) {
  const picker = useRef<HTMLInputElement>(null)
  const pick = useCallback(() => picker.current?.click(), [])
  function onPick(event: ChangeEvent<HTMLInputElement>): void {
    composer.attach([...(event.target.files ?? [])])
    event.target.value = ''
  }
  return (
    <>
      <input ref={picker} type="file" multiple hidden onChange={onPick} />
      <IconButton little icon={Paperclip} label={words.desk.addFile} onPress={pick} />
    </>
  )
}

export function NoteBar({ composer }: { composer: ComposerModel }) {
  return (
    <div className="bar">
      <Attach composer={composer} />
      <Hint />
      <button type="submit" className="btn act">
        {words.desk.keepNote}
      </button>
    </div>
  )
}

function Hint() {
  return (
    <span className="end small faint hint">
      <kbd>{words.desk.hint}</kbd> {words.desk.hintDoes}
    </span>
  )
}

/** The act, or in its place why there is none and what is the next best. */
export function LetterBar({ whole, letter }: { whole: WholeTalk; letter: Letter }) {
  const refusal = useValue(letter.refusal)
  const chosen = useValue(letter.chosen)
  const { text } = useValue(letter.composer.draft)
  const { way } = whole
  if (refusal) return <Refused letter={letter} whole={whole} />
  if (way?.isOpen === false && chosen === undefined && !isForDesk(text)) {
    return <Refusal title={words.desk.shutTitle} message={way.message} nextBest={way.nextBest} letter={letter} />
  }
  const kind = chosen?.channel ?? (way?.isOpen ? way.channel : undefined)
  const { letters, segments } = smsLength(text.trim())
  const length = kind === 'sms' ? words.desk.segments(segments, letters) : words.desk.letters(letters)
  return (
    <div className="bar">
      <Attach composer={letter.composer} />
      <Canned whole={whole} letter={letter} />
      <span className="sep" />
      <span className="small quiet length">{letters > 0 ? length : ''}</span>
      <Hint />
      <button type="submit" className="btn act">
        {isForDesk(text) ? words.desk.toDesk : words.desk.send(kind)}
      </button>
    </div>
  )
}

/** What the server did not take. The words stand above, as they were. */
function Refused({ letter, whole }: { letter: Letter; whole: WholeTalk }) {
  const { desk } = useOffice()
  const refusal = useValue(letter.refusal)
  if (!refusal) return null
  const isCollision = refusal.reason === 'answered' || refusal.reason === 'writing'
  if (!isCollision) {
    // The server says itself that it was not sent.
    const message = refusal.message.replace(/^This was not sent\. /, '')
    const title = refusal.isBefore ? words.desk.notThisWay : words.desk.refusedTitle
    return <Refusal title={title} message={message} nextBest={refusal.nextBest} letter={letter} />
  }
  const who = desk.person(refusal.userId ?? '', whole.roomId).name
  const message = refusal.reason === 'answered' ? words.desk.answered(who) : words.desk.writing(who)
  return (
    <Notice
      tone="wait"
      className="refusal"
      act={
        <span className="line wrap">
          <button type="button" className="btn" onClick={() => letter.goOn()}>
            {words.desk.dismiss}
          </button>
          <button type="button" className="btn act" onClick={() => letter.send({ confirm: true })}>
            {words.desk.sendConfirm}
          </button>
        </span>
      }
    >
      {message}
    </Notice>
  )
}

type RefusalProps = { title: string; message: string; nextBest: NextBest | undefined; letter: Letter }

function Refusal({ title, message, nextBest, letter }: RefusalProps) {
  function goAnotherWay(): void {
    letter.choose(nextBest)
    letter.goOn()
  }
  return (
    <Notice
      tone="halt"
      className="refusal"
      act={
        nextBest && (
          <button type="button" className="btn act" onClick={goAnotherWay}>
            {words.desk.sendInstead(nextBest.channel)}
          </button>
        )
      }
    >
      <b>{title}</b> {message}
    </Notice>
  )
}

function Canned({ whole, letter }: { whole: WholeTalk; letter: Letter }) {
  const { desk } = useOffice()
  const [replies, setReplies] = useState<readonly CannedReply[]>()
  function load(isOpen: boolean): void {
    if (!isOpen) return
    desk.api.cannedReplies().then(
      (all) => setReplies(all.filter(({ agency }) => agency === whole.agency)),
      (error: unknown) => tell(explain(error), 'halt'),
    )
  }
  function use(reply: CannedReply): void {
    desk.api.filled(whole.id, reply.id).then(
      (text) => letter.add(text),
      (error: unknown) => tell(explain(error), 'halt'),
    )
  }
  return (
    <ActMenu
      label={words.desk.canned}
      placement="top start"
      onOpenChange={load}
      trigger={
        <Button className="btn bare icon little" aria-label={words.desk.canned}>
          <Icon of={Quote} />
        </Button>
      }
    >
      {replies?.map((reply) => (
        <Act key={reply.id} icon={Quote} onAct={() => use(reply)}>
          {reply.title}
        </Act>
      ))}
      {replies?.length === 0 && <MenuItem isDisabled>{words.desk.noCanned}</MenuItem>}
      {replies === undefined && <MenuItem isDisabled>{words.loading}</MenuItem>}
    </ActMenu>
  )
}
