import { useState } from 'react'
import type { Person } from '../../matrix/person.ts'
import { createRoom, type RoomAccess } from '../../matrix/rooms.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { go } from '../parts/use-route.ts'
import { useOffice } from '../staff/office-context.ts'
import { PeoplePicker } from './people-picker.tsx'

const accesses: RoomAccess[] = ['invited', 'open']

export function NewRoomDialog() {
  const office = useOffice()
  const [name, setName] = useState('')
  const [topic, setTopic] = useState('')
  const [access, setAccess] = useState<RoomAccess>('invited')
  const [picked, setPicked] = useState<readonly Person[]>([])
  const [error, setError] = useState<string>()

  async function open(): Promise<boolean> {
    if (!name.trim()) {
      setError(words.newRoom.nameNeeded)
      return false
    }
    const invite = picked.map((person) => person.id)
    const roomId = await createRoom(office.client, { name: name.trim(), topic: topic.trim(), access, invite })
    go({ page: 'room', roomId })
    return true
  }

  return (
    <FormDialog
      title={words.newRoom.title}
      button={words.newRoom.button}
      busyLabel={words.newRoom.busy}
      onSubmit={open}
    >
      <Field
        label={words.newRoom.name}
        hint={words.newRoom.nameHint}
        value={name}
        onChange={setName}
        error={error}
        className="words"
        autoFocus
      />
      <Field label={words.newRoom.topic} value={topic} onChange={setTopic} className="words" />
      <fieldset className="choices stacked">
        <legend className="label">{words.newRoom.access}</legend>
        {accesses.map((value) => (
          <label key={value} className="tick">
            <input type="radio" name="access" checked={access === value} onChange={() => setAccess(value)} />
            <span>
              {words.newRoom[value]}
              <small>{value === 'open' ? words.newRoom.openText : words.newRoom.invitedText}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <PeoplePicker label={words.newRoom.invite} picked={picked} onPick={setPicked} />
    </FormDialog>
  )
}
