import { type FormEvent, useEffect, useState } from 'react'
import { checkSetUpToken, type Installation, type NewAccount, setUp } from '../../matrix/account.ts'
import type { Session } from '../../matrix/session.ts'
import { codeOf, explain } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Letter, Step, useFirstError } from './letter.tsx'
import { type AccountErrors, AccountSteps, checkAccount, usernameFor } from './new-account.tsx'

type SetUpProps = { token: string; installation: Installation | undefined; onSession(session: Session): void }
type Errors = AccountErrors & { organisation?: string; form?: string }

/** The first page of a new installation, behind a link that works once. */
export function SetUp({ token, installation, onSession }: SetUpProps) {
  const [organisation, setOrganisation] = useState('')
  const [account, setAccount] = useState<NewAccount>({ displayName: '', username: '', password: '' })
  const [usernameOwn, setUsernameOwn] = useState(false)
  const [errors, setErrors] = useState<Errors>({})
  const [tries, setTries] = useState(0)
  const [busy, setBusy] = useState(false)
  const [invalid, setInvalid] = useState(false)
  const form = useFirstError(tries)

  useEffect(() => {
    checkSetUpToken(token).catch((error: unknown) => {
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
    if (!organisation.trim()) found.organisation = words.setUp.needOrganisation
    if (Object.values(found).some(Boolean)) return refuse(found)
    setBusy(true)
    setErrors({})
    try {
      const owner = { ...account, displayName: account.displayName.trim() }
      onSession(await setUp(token, organisation.trim(), owner))
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

  return (
    <Letter agency={organisation} greeting={words.setUp.greeting} installation={installation} title={words.setUp.title}>
      <form ref={form} onSubmit={submit} noValidate>
        <Step>
          <h1>{words.setUp.title}</h1>
          {invalid && (
            <Notice tone="halt" className="under">
              {words.setUp.invalidLink}
            </Notice>
          )}
          {errors.form && (
            <Notice tone="halt" className="under">
              {errors.form}
            </Notice>
          )}
        </Step>
        {!invalid && (
          <>
            <Step note={words.setUp.noteHouse} text={words.setUp.noteHouseText}>
              <Field
                label={words.setUp.organisation}
                hint={words.setUp.organisationHint}
                name="organization"
                value={organisation}
                onChange={setOrganisation}
                error={errors.organisation}
                autoComplete="organization"
              />
            </Step>
            <AccountSteps
              account={account}
              errors={errors}
              notes={{ person: words.setUp.noteOwner, personText: words.setUp.noteOwnerText }}
              onChange={change}
            />
            <Step>
              <BusyButton type="submit" className="btn act tall" busy={busy} busyLabel={words.setUp.busy}>
                {words.setUp.button}
              </BusyButton>
            </Step>
          </>
        )}
      </form>
    </Letter>
  )
}
