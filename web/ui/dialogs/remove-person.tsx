import { useState } from 'react'
import type { Person } from '../../matrix/person.ts'
import type { RoomModel } from '../../models/room.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'

export function RemovePersonDialog({
  model,
  person,
  forGood = false,
}: {
  model: RoomModel
  person: Person
  forGood?: boolean
}) {
  const [reason, setReason] = useState('')
  const act = () => (forGood ? model.ban(person.id, reason.trim()) : model.removePerson(person.id, reason.trim()))
  return (
    <FormDialog
      title={forGood ? words.members.banTitle(person.name) : words.members.removeTitle(person.name)}
      button={forGood ? words.members.banButton : words.members.removeButton}
      cancel={words.members.keep}
      halt
      onSubmit={act}
    >
      <p>{forGood ? words.members.banText : words.members.removeText}</p>
      <Field label={words.members.reason} value={reason} onChange={setReason} />
    </FormDialog>
  )
}
