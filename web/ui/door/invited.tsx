import { useEffect, useState } from 'react'
import {
  acceptInvitation,
  type Installation,
  type InvitationLetter,
  readInvitationLetter,
} from '../../matrix/account.ts'
import type { Session } from '../../matrix/session.ts'
import { codeOf } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Letter, Step } from './letter.tsx'
import { AccountSteps } from './new-account.tsx'
import { useAccountForm } from './use-account-form.ts'

type InvitedProps = { token: string; installation: Installation | undefined; onSession(session: Session): void }

/** What an invitation link opens: who asks one in, and the fields of one's own account. */
export function Invited({ token, installation, onSession }: InvitedProps) {
  const [letter, setLetter] = useState<InvitationLetter>()
  const [invalid, setInvalid] = useState(false)
  const { account, change, errors, setErrors, busy, form, submit } = useAccountForm({
    make: (newcomer) => acceptInvitation(token, newcomer),
    onSession,
    onInvalid: () => setInvalid(true),
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: the letter is read once for each link.
  useEffect(() => {
    readInvitationLetter(token)
      .then((found) => {
        setLetter(found)
        if (found.displayName) change({ displayName: found.displayName })
      })
      .catch((error: unknown) => {
        if (codeOf(error) === 'OFFLINE') setErrors({ form: words.door.unreachable })
        else setInvalid(true)
      })
  }, [token])

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
