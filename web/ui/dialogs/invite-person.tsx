import { useId, useState } from 'react'
import type { NewInvitation } from '../../matrix/administration.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { useOffice } from '../staff/office-context.ts'

/** Makes a link that opens one account. The link is shown once: the server keeps only its hash. */
export function InvitePersonDialog({ onMade }: { onMade(): void }) {
  const { administration } = useOffice()
  const [name, setName] = useState('')
  const [note, setNote] = useState('')
  const [made, setMade] = useState<NewInvitation>()

  async function make(): Promise<boolean> {
    setMade(await administration.invite(name.trim(), note.trim()))
    onMade()
    return false
  }

  if (made) return <MadeDialog key="made" made={made} />
  return (
    <FormDialog key="make" title={words.admin.inviteTitle} button={words.admin.inviteButton} onSubmit={make}>
      <Field label={words.admin.inviteName} value={name} onChange={setName} autoFocus />
      <Field label={words.admin.inviteNote} value={note} onChange={setNote} />
    </FormDialog>
  )
}

function MadeDialog({ made }: { made: NewInvitation }) {
  const id = useId()
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(made.url)
    tell(words.copied)
  }
  return (
    <FormDialog title={words.admin.linkTitle} wide>
      <p>{words.admin.linkText(made.expiresAt)}</p>
      <div className="field">
        <label htmlFor={id}>{words.admin.linkLabel}</label>
        <div className="copy-line">
          <input id={id} className="input exact" readOnly value={made.url} onFocus={(event) => event.target.select()} />
          <button type="button" className="btn act" onClick={copy}>
            {words.admin.copyLink}
          </button>
        </div>
      </div>
      <Notice tone="wait">{words.admin.linkWarning}</Notice>
    </FormDialog>
  )
}
