import { useState } from 'react'
import type { Opening } from '../../matrix/citizens.ts'
import { words } from '../../words/index.ts'
import { FormDialog, useDialogs } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { useOffice } from '../staff/office-context.ts'

type ShutRecordProps = { personId: string; name: string; onOpened(): void }

/** In the place of what is known of a citizen with whom one does not talk: how to see it all the same. */
export function ShutRecord({ personId, name, onOpened }: ShutRecordProps) {
  const dialogs = useDialogs()
  const { opening } = words.desk
  const open = () => dialogs.show(<OpenRecordDialog personId={personId} name={name} onOpened={onOpened} />)
  return (
    <>
      <p className="quiet">{opening.shut}</p>
      <button type="button" className="btn" onClick={open}>
        {opening.ask}
      </button>
    </>
  )
}

/** Whoever looks says why; that is recorded, and the citizen can read it. */
function OpenRecordDialog({ personId, name, onOpened }: ShutRecordProps) {
  const { citizens } = useOffice().desk
  const [reason, setReason] = useState('')
  const [isMissing, setMissing] = useState(false)
  const { opening } = words.desk
  async function submit(): Promise<boolean> {
    const text = reason.trim()
    setMissing(text.length < opening.lettersMin)
    if (text.length < opening.lettersMin) return false
    await citizens.open(personId, text)
    onOpened()
    return true
  }
  return (
    <FormDialog title={opening.title(name)} button={opening.button} onSubmit={submit}>
      <p>{opening.text}</p>
      <Field
        label={opening.field}
        value={reason}
        onChange={setReason}
        autoFocus
        autoComplete="off"
        maxLength={500}
        error={isMissing ? opening.missing : undefined}
      />
    </FormDialog>
  )
}

/** That one sees the record because one said why, and how long. */
export function OpenedRecord({ opening }: { opening: Opening }) {
  return (
    <Notice tone="note" className="opened">
      {words.desk.opening.opened(opening.atMs, opening.reason)} {words.desk.opening.until(opening.untilMs)}
    </Notice>
  )
}
