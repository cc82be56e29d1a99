import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { WholeTalk } from '../../matrix/desk.ts'
import type { ComposerModel } from '../../models/composer.ts'
import { isForDesk } from '../../models/letter.ts'
import type { Inside } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { useValue } from '../parts/use-value.ts'
import { Completion, optionId } from '../room/completion.tsx'
import { FilesOnTheWay } from '../room/composer-parts.tsx'
import { useComposerText, useGrowing } from '../room/use-composer-text.ts'
import { useMentioning } from '../room/use-mentioning.ts'
import { Because } from './because.tsx'
import { LetterBar, NoteBar } from './composer-bars.tsx'

type TalkComposerProps = { whole: WholeTalk; inside: Inside }

/** Names are long, numbers cannot be cut. */
const shortName = (name: string): string => (/^\p{L}/u.test(name) ? (name.split(/\s/)[0] ?? name) : name)

/** Where one answers a citizen, or notes something for colleagues. Control and Enter send: letters have lines. */
export function TalkComposer({ whole, inside }: TalkComposerProps) {
  const [isNote, setNote] = useState(false)
  const name = shortName(whole.name)
  const form = useRef<HTMLFormElement>(null)
  const choose = (next: boolean) => {
    setNote(next)
    requestAnimationFrame(() => form.current?.querySelector('textarea')?.focus())
  }
  const composer = isNote ? inside.notes?.composer : inside.letter.composer
  const calls = useValue(inside.letter.calls)
  useEffect(() => {
    if (calls === 0) return
    setNote(false)
    const frame = requestAnimationFrame(() => toEnd(form.current?.querySelector('textarea')))
    return () => cancelAnimationFrame(frame)
  }, [calls])

  function send(): void {
    if (isNote) inside.notes?.composer.send()
    else if (inside.letter.refusal.get() === undefined && mayGo(whole, inside)) inside.letter.send()
    form.current?.querySelector('textarea')?.focus()
  }

  return (
    <form
      className="composer letter-box"
      ref={form}
      aria-label={words.desk.compose(whole.name)}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="to">
        <div className="seg" role="group" aria-label={words.desk.kindLabel}>
          <button type="button" aria-pressed={!isNote} onClick={() => choose(false)}>
            {words.desk.replyTo(name)}
          </button>
          <button type="button" aria-pressed={isNote} disabled={!inside.notes} onClick={() => choose(true)}>
            {words.desk.noteForStaff}
          </button>
        </div>
      </div>
      {composer && (
        <div className={isNote ? 'box noting' : 'box'}>
          <FilesOnTheWay composer={composer} />
          <Words key={isNote ? 'note' : 'letter'} inside={inside} composer={composer} isNote={isNote} onSend={send} />
          <Because whole={whole} letter={inside.letter} isNote={isNote} />
          {isNote ? <NoteBar composer={composer} /> : <LetterBar whole={whole} letter={inside.letter} />}
        </div>
      )}
    </form>
  )
}

function toEnd(field: HTMLTextAreaElement | null | undefined): void {
  field?.focus()
  field?.setSelectionRange(field.value.length, field.value.length)
}

const mayGo = (whole: WholeTalk, { letter }: Inside): boolean =>
  whole.way?.isOpen !== false || letter.chosen.get() !== undefined || isForDesk(letter.composer.draft.get().text)

type WordsProps = { inside: Inside; composer: ComposerModel; isNote: boolean; onSend(): void }

function Words({ inside, composer, isNote, onSend }: WordsProps) {
  const draft = useValue(composer.draft)
  const field = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const { write } = useComposerText(composer, field)
  const model = inside.notes ?? inside.conversation
  const mentioning = useMentioning({ model, composer, field, write })
  const isOpen = isNote && mentioning.names.length > 0
  useGrowing(field, draft.text)

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || (isNote && mentioning.onKey(event))) return
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    onSend()
  }

  return (
    <>
      {isOpen && (
        <Completion id={listId} people={mentioning.names} chosen={mentioning.chosen} onPick={mentioning.pick} />
      )}
      <textarea
        ref={field}
        rows={3}
        dir="auto"
        aria-label={isNote ? words.desk.yourNote : words.desk.yourReply}
        placeholder={isNote ? words.desk.notePlaceholder : ''}
        value={draft.text}
        onChange={(event) => {
          composer.write(event.target.value)
          if (isNote) mentioning.look()
          else inside.letter.changed()
        }}
        onSelect={isNote ? mentioning.look : undefined}
        onBlur={mentioning.close}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return
          event.preventDefault()
          composer.attach([...event.clipboardData.files])
        }}
        aria-autocomplete={isNote ? 'list' : undefined}
        aria-controls={isOpen ? listId : undefined}
        aria-activedescendant={isOpen ? optionId(listId, mentioning.chosen) : undefined}
      />
    </>
  )
}
