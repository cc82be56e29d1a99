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
          <Notices installation={installation} unreachable={unreachable} reason={reason} failure={errors.form} />
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

type NoticesProps = Pick<SignInProps, 'installation' | 'unreachable' | 'reason'> & { failure: string | undefined }

/** What one should know before signing in. */
function Notices({ installation, unreachable, reason, failure }: NoticesProps) {
  const known: [tone: 'note' | 'wait' | 'halt', text: string | false | undefined][] = [
    ['note', reason],
    ['halt', unreachable && words.door.unreachable],
    ['wait', installation?.demo && words.door.demo],
    ['wait', installation && !installation.setUp && words.door.notSetUp],
    ['halt', failure],
  ]
  return known.map(([tone, text]) =>
    text ? (
      <Notice key={text} tone={tone} className="under">
        {text}
      </Notice>
    ) : null,
  )
}
