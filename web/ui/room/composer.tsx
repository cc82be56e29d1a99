import { AtSign, Bold, Eye, Paperclip, Plus } from 'lucide-react'
import {
  type ChangeEvent,
  type ClipboardEvent,
  type FormEvent,
  memo,
  useCallback,
  useEffect,
  useId,
  useRef,
} from 'react'
import type { ComposerModel } from '../../models/composer.ts'
import type { RoomHeader, RoomModel } from '../../models/room.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { useValue } from '../parts/use-value.ts'
import { Completion, optionId } from './completion.tsx'
import { FilesOnTheWay, ModeLine } from './composer-parts.tsx'
import { EmojiPicker } from './emoji-picker.tsx'
import { useComposerKeys } from './use-composer-keys.ts'
import { useComposerText, useGrowing } from './use-composer-text.ts'
import { useMentioning } from './use-mentioning.ts'

type ComposerProps = { model: RoomModel; composer: ComposerModel; timeline: TimelineModel; inThread?: boolean }

/** Where words are written: Enter sends, Shift and Enter begins a line. */
export const Composer = memo(function Composer(props: ComposerProps) {
  const { powers, membership } = useValue(props.model.header)
  if (powers.send) return <ComposerForm {...props} />
  return (
    <div className="composer">
      <p className="quiet">{membership === 'join' ? words.composer.mayNotWrite : words.room.goneRoom}</p>
    </div>
  )
})

function ComposerForm({ model, composer, timeline, inThread = false }: ComposerProps) {
  const header = useValue(model.header)
  const draft = useValue(composer.draft)
  const field = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const text = useComposerText(composer, field)
  const mentioning = useMentioning({ model, composer, field, write: text.write })
  const onKeyDown = useComposerKeys({ composer, timeline, onMentionKey: mentioning.onKey, onBold: text.bold })
  const isOpen = mentioning.names.length > 0
  useGrowing(field, draft.text)

  // Who opens a room with a pointer or a link most often wants to write; on a phone the keyboard would cover the words.
  useEffect(() => {
    const isFree = inThread || document.activeElement === document.body
    if (isFree && matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [inThread])

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    composer.send()
    field.current?.focus()
  }

  function onPaste(event: ClipboardEvent<HTMLTextAreaElement>): void {
    if (event.clipboardData.files.length === 0) return
    event.preventDefault()
    composer.attach([...event.clipboardData.files])
  }

  const label = inThread ? words.composer.threadLabel : words.composer.label(header.name)
  return (
    <form className="composer slim" aria-label={label} onSubmit={onSubmit}>
      {!inThread && <Readers model={model} />}
      {isOpen && (
        <Completion id={listId} people={mentioning.names} chosen={mentioning.chosen} onPick={mentioning.pick} />
      )}
      <div className="box">
        <ModeLine composer={composer} />
        <FilesOnTheWay composer={composer} />
        <textarea
          ref={field}
          rows={1}
          aria-label={inThread ? words.composer.threadField : words.composer.field}
          placeholder={placeholderOf(header, inThread)}
          value={draft.text}
          onChange={(event) => {
            composer.write(event.target.value)
            mentioning.look()
          }}
          onSelect={mentioning.look}
          onBlur={mentioning.close}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          enterKeyHint="send"
          aria-autocomplete="list"
          aria-controls={isOpen ? listId : undefined}
          aria-activedescendant={isOpen ? optionId(listId, mentioning.chosen) : undefined}
        />
        <ComposerBar composer={composer} inThread={inThread} text={text} />
      </div>
    </form>
  )
}

function placeholderOf(header: RoomHeader, inThread: boolean): string {
  if (inThread) return words.composer.threadPlaceholder
  return header.partner ? words.composer.placeholderDirect(header.name) : words.composer.placeholder
}

type ComposerBarProps = {
  composer: ComposerModel
  inThread: boolean
  text: Omit<ReturnType<typeof useComposerText>, 'write'>
}

function ComposerBar({ composer, inThread, text }: ComposerBarProps) {
  const mode = useValue(composer.mode)
  const picker = useRef<HTMLInputElement>(null)
  const pickFile = useCallback(() => picker.current?.click(), [])
  const answer = inThread ? words.composer.replyButton : words.composer.send

  function onPick(event: ChangeEvent<HTMLInputElement>): void {
    composer.attach([...(event.target.files ?? [])])
    event.target.value = ''
  }

  return (
    <div className="bar">
      <input ref={picker} type="file" multiple hidden onChange={onPick} />
      <ComposerTools onAttach={pickFile} onMention={text.beginMention} onBold={text.bold} onEmoji={text.insert} />
      <span className="end small faint hint">
        <kbd>Enter</kbd> {words.composer.enter}
      </span>
      <button type="submit" className="btn act little keep">
        {mode.kind === 'edit' ? words.composer.save : answer}
      </button>
    </div>
  )
}

type ComposerToolsProps = { onAttach(): void; onMention(): void; onBold(): void; onEmoji(sign: string): void }

const ComposerTools = memo(function ComposerTools({ onAttach, onMention, onBold, onEmoji }: ComposerToolsProps) {
  return (
    <>
      <IconButton little icon={Plus} label={words.composer.attach} className="keep phone-only" onPress={onAttach} />
      <IconButton little icon={Paperclip} label={words.composer.attach} onPress={onAttach} />
      <IconButton little icon={AtSign} label={words.composer.mention} onPress={onMention} />
      <IconButton little icon={Bold} label={words.composer.bold} onPress={onBold} />
      <EmojiPicker onPick={onEmoji} />
    </>
  )
})

/** Who will read it, before it is written. */
function Readers({ model }: { model: RoomModel }) {
  const { members, houses, partner } = useValue(model.header)
  if (partner) return null
  const text =
    houses.others.length > 0
      ? words.composer.readersMixed(members, houses.own, houses.others)
      : words.composer.readers(members)
  return (
    <div className="to">
      <span>
        <Icon of={Eye} />
        {text}
      </span>
    </div>
  )
}
