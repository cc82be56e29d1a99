import { useState } from 'react'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { useOffice } from '../staff/office-context.ts'

export function NameDialog() {
  const office = useOffice()
  const [name, setName] = useState(office.me.get().name)
  const [error, setError] = useState<string>()

  async function save(): Promise<boolean> {
    if (!name.trim()) {
      setError(words.me.nameNeeded)
      return false
    }
    await office.rename(name.trim())
    return true
  }

  return (
    <FormDialog title={words.me.nameTitle} button={words.me.nameSave} onSubmit={save}>
      <Field label={words.me.nameLabel} value={name} onChange={setName} error={error} autoComplete="name" autoFocus />
    </FormDialog>
  )
}
