import { AtSign, Bold, Eye, Paperclip, Plus } from 'lucide-react'
import {
  type ChangeEvent,
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  memo,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import type { Person } from '../../matrix/person.ts'
import { candidates, type NameInProgress, nameAt, putName } from '../../models/completion.ts'
import type { ComposerModel } from '../../models/composer.ts'
import type { RoomModel } from '../../models/room.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { useValue } from '../parts/use-value.ts'
import { Completion, optionId } from './completion.tsx'
import { FilesOnTheWay, ModeLine } from './composer-parts.tsx'
import { EmojiPicker } from './emoji-picker.tsx'

type ComposerProps = { model: RoomModel; composer: ComposerModel; timeline: TimelineModel; inThread?: boolean }

/** Grows the field with its words where the browser cannot do it by itself. */
function useGrowing(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height depends on the text.
  useEffect(() => {
    const box = field.current
    if (!box || CSS.supports('field-sizing', 'content')) return
    box.style.blockSize = 'auto'
    box.style.blockSize = `${box.scrollHeight}px`
  }, [field, text])
}

function useNames(model: RoomModel, place: NameInProgress | undefined): Person[] {
  const members = useValue(model.members)
  useEffect(() => {
    if (place) void model.loadMembers()
  }, [model, place])
  if (!place) return []
  const people = members.filter((member) => member.state === 'joined').map((member) => member.person)
  return candidates(people, place.query)
}

/** Where words are written: Enter sends, Shift and Enter begins a line. */
export const Composer = memo(function Composer({ model, composer, timeline, inThread = false }: ComposerProps) {
  const header = useValue(model.header)
  const draft = useValue(composer.draft)
  const mode = useValue(composer.mode)
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const listId = useId()
  const [place, setPlace] = useState<NameInProgress>()
  const [chosen, setChosen] = useState(0)
  const names = useNames(model, place)
  const open = names.length > 0 && place !== undefined
  useGrowing(field, draft.text)

  // Who opens a room with a pointer or a link most often wants to write; on a phone the keyboard would cover the words.
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches && (inThread || document.activeElement === document.body))
      field.current?.focus()
  }, [inThread])

  function look(): void {
    const box = field.current
    setPlace(box && box.selectionStart === box.selectionEnd ? nameAt(box.value, box.selectionStart) : undefined)
    setChosen(0)
  }

  // These stay the same while one writes, so the tools are not drawn again with every letter.
  const write = useCallback(
    (text: string, caret: number) => {
      composer.write(text)
      requestAnimationFrame(() => {
        field.current?.focus()
        field.current?.setSelectionRange(caret, caret)
      })
    },
    [composer],
  )
  const bold = useCallback(() => {
    const box = field.current
    if (!box) return
    const { selectionStart: from, selectionEnd: to, value } = box
    const mark = '**'
    const caret = from === to ? to + mark.length : to + 2 * mark.length
    write(`${value.slice(0, from)}${mark}${value.slice(from, to)}${mark}${value.slice(to)}`, caret)
  }, [write])
  const beginMention = useCallback(() => {
    const box = field.current
    if (!box) return
    const { selectionStart: at, value } = box
    const sign = at > 0 && !/\s/.test(value[at - 1] ?? '') ? ' @' : '@'
    write(value.slice(0, at) + sign + value.slice(at), at + sign.length)
  }, [write])
  const insert = useCallback(
    (sign: string) => {
      const box = field.current
      if (!box) return
      const { selectionStart: from, selectionEnd: to, value } = box
      write(value.slice(0, from) + sign + value.slice(to), from + sign.length)
    },
    [write],
  )
  const pickFile = useCallback(() => picker.current?.click(), [])

  function pick(person: Person): void {
    if (!place) return
    composer.mention(person)
    const put = putName(draft.text, place, person.name)
    setPlace(undefined)
    write(put.text, put.caret)
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return
    if (open && chooseByKey(event, names, chosen, { pick, setChosen, close: () => setPlace(undefined) })) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      composer.send()
    } else if (event.key === 'Escape' && mode.kind !== 'new') {
      composer.stopMode()
    } else if (event.key === 'ArrowUp' && draft.text === '' && mode.kind === 'new') {
      const last = timeline.lastOwn()
      if (!last) return
      event.preventDefault()
      composer.edit(last.id, timeline.event(last.id)?.getContent() ?? {})
    } else if (event.key.toLowerCase() === 'b' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      bold()
    }
  }

  function onPaste(event: ClipboardEvent<HTMLTextAreaElement>): void {
    if (event.clipboardData.files.length === 0) return
    event.preventDefault()
    composer.attach([...event.clipboardData.files])
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    composer.send()
    field.current?.focus()
  }

  function onPick(event: ChangeEvent<HTMLInputElement>): void {
    composer.attach([...(event.target.files ?? [])])
    event.target.value = ''
    field.current?.focus()
  }

  if (!header.powers.send) {
    const text = header.membership === 'join' ? words.composer.mayNotWrite : words.room.goneRoom
    return (
      <div className="composer">
        <p className="quiet">{text}</p>
      </div>
    )
  }
  const label = inThread ? words.composer.threadLabel : words.composer.label(header.name)
  const placeholder = inThread
    ? words.composer.threadPlaceholder
    : header.partner
      ? words.composer.placeholderDirect(header.name)
      : words.composer.placeholder
  const button =
    mode.kind === 'edit' ? words.composer.save : inThread ? words.composer.replyButton : words.composer.send
  return (
    <form className="composer slim" aria-label={label} onSubmit={onSubmit}>
      {!inThread && <Readers model={model} />}
      {open && <Completion id={listId} people={names} chosen={chosen} onPick={pick} />}
      <div className="box">
        <ModeLine composer={composer} />
        <FilesOnTheWay composer={composer} />
        <textarea
          ref={field}
          rows={1}
          aria-label={inThread ? words.composer.threadField : words.composer.field}
          placeholder={placeholder}
          value={draft.text}
          onChange={(event) => {
            composer.write(event.target.value)
            look()
          }}
          onSelect={look}
          onBlur={() => setPlace(undefined)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          enterKeyHint="send"
          aria-autocomplete="list"
          aria-controls={open ? listId : undefined}
          aria-activedescendant={open ? optionId(listId, chosen) : undefined}
        />
        <div className="bar">
          <input ref={picker} type="file" multiple hidden onChange={onPick} />
          <ComposerTools onAttach={pickFile} onMention={beginMention} onBold={bold} onEmoji={insert} />
          <span className="end small faint hint">
            <kbd>Enter</kbd> {words.composer.enter}
          </span>
          <button type="submit" className="btn act little keep">
            {button}
          </button>
        </div>
      </div>
    </form>
  )
})

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

type Choosing = { pick(person: Person): void; setChosen(index: number): void; close(): void }

function chooseByKey(
  event: KeyboardEvent,
  names: Person[],
  chosen: number,
  { pick, setChosen, close }: Choosing,
): boolean {
  const person = names[chosen]
  switch (event.key) {
    case 'ArrowDown':
      setChosen((chosen + 1) % names.length)
      break
    case 'ArrowUp':
      setChosen((chosen - 1 + names.length) % names.length)
      break
    case 'Enter':
    case 'Tab':
      if (!person) return false
      pick(person)
      break
    case 'Escape':
      close()
      break
    default:
      return false
  }
  event.preventDefault()
  return true
}

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
