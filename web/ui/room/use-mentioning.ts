import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react'
import type { Person } from '../../matrix/person.ts'
import { candidates, type NameInProgress, nameAt, putName } from '../../models/completion.ts'
import type { ComposerModel } from '../../models/composer.ts'
import type { RoomModel } from '../../models/room.ts'
import { useValue } from '../parts/use-value.ts'

type MentioningOptions = {
  model: RoomModel
  composer: ComposerModel
  field: RefObject<HTMLTextAreaElement | null>
  write(text: string, caret: number): void
}

/** Completes names after an @: who fits, who is chosen, and the keys that choose. */
export function useMentioning({ model, composer, field, write }: MentioningOptions) {
  const members = useValue(model.members)
  const [place, setPlace] = useState<NameInProgress>()
  const [chosen, setChosen] = useState(0)
  useEffect(() => {
    if (place) void model.loadMembers()
  }, [model, place])
  const joined = members.filter((member) => member.state === 'joined').map((member) => member.person)
  const names = place ? candidates(joined, place.query) : []

  function look(): void {
    const box = field.current
    setPlace(box && box.selectionStart === box.selectionEnd ? nameAt(box.value, box.selectionStart) : undefined)
    setChosen(0)
  }

  function pick(person: Person): void {
    if (!place) return
    composer.mention(person)
    const put = putName(composer.draft.get().text, place, person.name)
    setPlace(undefined)
    write(put.text, put.caret)
  }

  const close = () => setPlace(undefined)

  /** True when the key was one of the list's. */
  function onKey(event: KeyboardEvent): boolean {
    const person = names[chosen]
    if (!person) return false
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) setChosen((chosen + step + names.length) % names.length)
    else if (event.key === 'Enter' || event.key === 'Tab') pick(person)
    else if (event.key === 'Escape') close()
    else return false
    event.preventDefault()
    return true
  }

  return { names, chosen, look, pick, close, onKey }
}
