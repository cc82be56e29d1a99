import { useEffect, useState } from 'react'
import { checkSetUpToken, type Installation, setUp } from '../../matrix/account.ts'
import type { Session } from '../../matrix/session.ts'
import { codeOf } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Letter, Step } from './letter.tsx'
import { AccountSteps } from './new-account.tsx'
import { useAccountForm } from './use-account-form.ts'

type SetUpProps = { token: string; installation: Installation | undefined; onSession(session: Session): void }

/** The first page of a new installation, behind a link that works once. */
export function SetUp({ token, installation, onSession }: SetUpProps) {
  const [organisation, setOrganisation] = useState('')
  const [invalid, setInvalid] = useState(false)
  const { account, change, errors, setErrors, busy, form, submit } = useAccountForm({
    check: () => (organisation.trim() ? {} : { organisation: words.setUp.needOrganisation }),
    make: (owner) => setUp(token, organisation.trim(), owner),
    onSession,
    onInvalid: () => setInvalid(true),
  })

  useEffect(() => {
    checkSetUpToken(token).catch((error: unknown) => {
      if (codeOf(error) === 'OFFLINE') setErrors({ form: words.door.unreachable })
      else setInvalid(true)
    })
  }, [token, setErrors])

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
