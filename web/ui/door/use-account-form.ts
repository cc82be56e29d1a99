import { type FormEvent, useState } from 'react'
import type { NewAccount } from '../../matrix/account.ts'
import type { Session } from '../../matrix/session.ts'
import { codeOf, explain } from '../../models/failure.ts'
import { useFirstError } from './letter.tsx'
import { type AccountErrors, checkAccount, usernameFor } from './new-account.tsx'

export type FormErrors = AccountErrors & { organisation?: string; form?: string }

type AccountFormOptions = {
  /** What else is wrong, beside the account's own fields. */
  check?(): FormErrors
  make(account: NewAccount): Promise<Session>
  onSession(session: Session): void
  /** The link that led here is used up or wrong. */
  onInvalid(): void
}

/** The state of a form that makes an account: its fields, what is wrong with them, and sending it. */
export function useAccountForm({ check, make, onSession, onInvalid }: AccountFormOptions) {
  const [account, setAccount] = useState<NewAccount>({ displayName: '', username: '', password: '' })
  const [usernameOwn, setUsernameOwn] = useState(false)
  const [errors, setErrors] = useState<FormErrors>({})
  const [tries, setTries] = useState(0)
  const [busy, setBusy] = useState(false)
  const form = useFirstError(tries)

  function change(part: Partial<NewAccount>): void {
    if (part.username !== undefined) setUsernameOwn(true)
    setAccount((before) => {
      const next = { ...before, ...part }
      if (part.displayName !== undefined && !usernameOwn) next.username = usernameFor(part.displayName)
      return next
    })
  }

  function refuse(found: FormErrors): void {
    setErrors(found)
    setTries((count) => count + 1)
  }

  function explainRefusal(error: unknown): void {
    const code = codeOf(error)
    if (code === 'M_NOT_FOUND') onInvalid()
    else if (code === 'M_USER_IN_USE' || code === 'M_INVALID_USERNAME') refuse({ username: explain(error) })
    else if (code === 'M_WEAK_PASSWORD') refuse({ password: explain(error) })
    else refuse({ form: explain(error) })
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    const found: FormErrors = { ...check?.(), ...checkAccount(account) }
    if (Object.values(found).some(Boolean)) return refuse(found)
    setBusy(true)
    setErrors({})
    try {
      onSession(await make({ ...account, displayName: account.displayName.trim() }))
    } catch (error) {
      explainRefusal(error)
    } finally {
      setBusy(false)
    }
  }

  return { account, change, errors, setErrors, busy, form, submit }
}
