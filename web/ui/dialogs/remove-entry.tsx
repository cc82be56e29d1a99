import { useState } from 'react'
import type { RoomModel } from '../../models/room.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'

export function RemoveEntryDialog({ model, eventId }: { model: RoomModel; eventId: string }) {
  const [reason, setReason] = useState('')
  return (
    <FormDialog
      title={words.entry.removeTitle}
      button={words.entry.remove}
      cancel={words.entry.keep}
      halt
      onSubmit={() => model.remove(eventId, reason.trim())}
    >
      <p>{words.entry.removeText}</p>
      <Field label={words.entry.removeReason} value={reason} onChange={setReason} />
    </FormDialog>
  )
}
