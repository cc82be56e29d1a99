import { type FormEvent, useEffect, useState } from 'react'
import {
  acceptInvitation,
  type Installation,
  type InvitationLetter,
  type NewAccount,
  readInvitationLetter,
} from '../../matrix/account.ts'
import type { Session } from '../../matrix/session.ts'
import { codeOf, explain } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Letter, Step, useFirstError } from './letter.tsx'
import { type AccountErrors, AccountSteps, checkAccount, usernameFor } from './new-account.tsx'

type InvitedProps = { token: string; installation: Installation | undefined; onSession(session: Session): void }
type Errors = AccountErrors & { form?: string }

/** What an invitation link opens: who asks one in, and the fields of one's own account. */
export function Invited({ token, installation, onSession }: InvitedProps) {
  const [letter, setLetter] = useState<InvitationLetter>()
  const [invalid, setInvalid] = useState(false)
  const [account, setAccount] = useState<NewAccount>({ displayName: '', username: '', password: '' })
  const [usernameOwn, setUsernameOwn] = useState(false)
  const [errors, setErrors] = useState<Errors>({})
  const [tries, setTries] = useState(0)
  const [busy, setBusy] = useState(false)
  const form = useFirstError(tries)

  useEffect(() => {
    readInvitationLetter(token)
      .then((found) => {
        setLetter(found)
        const { displayName } = found
        setAccount((before) => ({ ...before, displayName, username: usernameFor(displayName) }))
      })
      .catch((error: unknown) => {
        if (codeOf(error) === 'OFFLINE') setErrors({ form: words.door.unreachable })
        else setInvalid(true)
      })
  }, [token])

  function change(part: Partial<NewAccount>): void {
    if (part.username !== undefined) setUsernameOwn(true)
    setAccount((before) => {
      const next = { ...before, ...part }
      if (part.displayName !== undefined && !usernameOwn) next.username = usernameFor(part.displayName)
      return next
    })
  }

  function refuse(found: Errors): void {
    setErrors(found)
    setTries((count) => count + 1)
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    const found: Errors = checkAccount(account)
    if (Object.values(found).some(Boolean)) return refuse(found)
    setBusy(true)
    setErrors({})
    try {
      onSession(await acceptInvitation(token, { ...account, displayName: account.displayName.trim() }))
    } catch (error) {
      const code = codeOf(error)
      if (code === 'M_USER_IN_USE' || code === 'M_INVALID_USERNAME') refuse({ username: explain(error) })
      else if (code === 'M_WEAK_PASSWORD') refuse({ password: explain(error) })
      else if (code === 'M_NOT_FOUND') setInvalid(true)
      else refuse({ form: explain(error) })
    } finally {
      setBusy(false)
    }
  }

  const agency = letter?.organisation ?? installation?.organisation ?? ''
  const greeting = letter ? words.invitation.greeting(letter.invitedBy) : ''
  return (
    <Letter agency={agency} greeting={greeting} installation={installation} title={words.invitation.title}>
      <form ref={form} onSubmit={submit} noValidate>
        <Step>
          <h1>{words.invitation.title}</h1>
          {letter && !invalid && <p className="small quiet">{words.invitation.until(letter.expiresAt)}</p>}
          {invalid && (
            <Notice
              tone="halt"
              className="under"
              act={
                <a className="btn little" href="#/signin">
                  {words.invitation.toSignIn}
                </a>
              }
            >
              {words.invitation.invalid}
            </Notice>
          )}
          {errors.form && (
            <Notice tone="halt" className="under">
              {errors.form}
            </Notice>
          )}
        </Step>
        {letter && !invalid && (
          <>
            <AccountSteps
              account={account}
              errors={errors}
              notes={{ person: words.invitation.noteYou, personText: words.invitation.noteYouText }}
              onChange={change}
            />
            <Step>
              <BusyButton type="submit" className="btn act tall" busy={busy} busyLabel={words.invitation.busy}>
                {words.invitation.button}
              </BusyButton>
            </Step>
          </>
        )}
      </form>
    </Letter>
  )
}
