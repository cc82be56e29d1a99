import { type FormEvent, useState } from 'react'
import { type Installation, signIn } from '../../matrix/account.ts'
import type { Session } from '../../matrix/session.ts'
import { codeOf, explain } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field, PasswordField } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Letter, Step, useFirstError } from './letter.tsx'

type SignInProps = {
  installation: Installation | undefined
  unreachable: boolean
  /** Why one is here, if not by choice. */
  reason: string | undefined
  onSession(session: Session): void
}
type Errors = { username?: string; password?: string; form?: string }

export function SignIn({ installation, unreachable, reason, onSession }: SignInProps) {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [errors, setErrors] = useState<Errors>({})
  const [tries, setTries] = useState(0)
  const [busy, setBusy] = useState(false)
  const form = useFirstError(tries)

  function refuse(found: Errors): void {
    setErrors(found)
    setTries((count) => count + 1)
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    const found: Errors = {}
    if (!username.trim()) found.username = words.door.needUsername
    if (!password) found.password = words.door.needPassword
    if (found.username || found.password) return refuse(found)
    setBusy(true)
    setErrors({})
    try {
      onSession(await signIn(username.trim(), password))
    } catch (error) {
      if (codeOf(error) === 'M_FORBIDDEN') refuse({ password: words.door.wrong })
      else refuse({ form: explain(error) })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Letter
      agency={installation?.organisation ?? ''}
      greeting={words.door.greeting}
      installation={installation}
      title={words.door.signIn}
    >
      <form ref={form} onSubmit={submit} noValidate>
        <Step>
          <h1>{words.door.signIn}</h1>
          {reason && <SignInNotice tone="note">{reason}</SignInNotice>}
          {unreachable && <SignInNotice tone="halt">{words.door.unreachable}</SignInNotice>}
          {installation?.demo && <SignInNotice tone="wait">{words.door.demo}</SignInNotice>}
          {installation && !installation.setUp && <SignInNotice tone="wait">{words.door.notSetUp}</SignInNotice>}
          {errors.form && <SignInNotice tone="halt">{errors.form}</SignInNotice>}
        </Step>
        <Step note={words.door.noteAccount} text={words.door.noteAccountText}>
          <Field
            label={words.door.username}
            name="username"
            value={username}
            onChange={setUsername}
            error={errors.username}
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
          />
        </Step>
        <Step note={words.door.noteForgotten} text={words.door.noteForgottenText}>
          <PasswordField
            label={words.door.password}
            name="password"
            value={password}
            onChange={setPassword}
            error={errors.password}
            autoComplete="current-password"
          />
        </Step>
        <Step>
          <BusyButton type="submit" className="btn act tall" busy={busy} busyLabel={words.door.signingIn}>
            {words.door.signIn}
          </BusyButton>
        </Step>
      </form>
    </Letter>
  )
}

function SignInNotice({ tone, children }: { tone: 'note' | 'wait' | 'halt'; children: string }) {
  return (
    <Notice tone={tone} className="under">
      {children}
    </Notice>
  )
}
