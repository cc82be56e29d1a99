import { CircleCheck, CircleDashed } from 'lucide-react'
import type { NewAccount } from '../../matrix/account.ts'
import { passwordLengthMin, strengthOf } from '../../models/password.ts'
import { words } from '../../words/index.ts'
import { Field, PasswordField } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { Step } from './letter.tsx'

export type AccountErrors = { displayName?: string; username?: string; password?: string }

/** What must be put right before an account can be made. */
export function checkAccount(account: NewAccount): AccountErrors {
  const errors: AccountErrors = {}
  if (!account.displayName.trim()) errors.displayName = words.setUp.needDisplayName
  if (!account.username.trim()) errors.username = words.setUp.needUsername
  else if (!/^[a-z0-9._=/+-]+$/.test(account.username)) errors.username = words.setUp.badUsername
  if ([...account.password].length < passwordLengthMin) errors.password = words.setUp.needPassword
  return errors
}

/** A user name that fits a person's name, offered while she has not typed her own. */
export function usernameFor(displayName: string): string {
  return displayName
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('.')
}

type Props = {
  account: NewAccount
  errors: AccountErrors
  notes: { person: string; personText: string }
  onChange(change: Partial<NewAccount>): void
}

/** The fields of a new account: name, user name, password with its strength in words. */
export function AccountSteps({ account, errors, notes, onChange }: Props) {
  const strength = strengthOf(account.password, [...account.displayName.split(' '), account.username])
  const good = strength === 'fair' || strength === 'good'
  return (
    <>
      <Step note={notes.person} text={notes.personText}>
        <Field
          label={words.setUp.displayName}
          hint={words.setUp.displayNameHint}
          name="name"
          value={account.displayName}
          onChange={(displayName) => onChange({ displayName })}
          error={errors.displayName}
          autoComplete="name"
        />
      </Step>
      <Step>
        <Field
          label={words.setUp.username}
          hint={words.setUp.usernameHint}
          name="username"
          value={account.username}
          onChange={(username) => onChange({ username: username.toLowerCase() })}
          error={errors.username}
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
        />
      </Step>
      <Step note={words.setUp.notePassword} text={words.setUp.notePasswordText}>
        <PasswordField
          label={words.setUp.password}
          name="new-password"
          value={account.password}
          onChange={(password) => onChange({ password })}
          error={errors.password}
          autoComplete="new-password"
          hint={
            <span className={`strength ${good ? 'good' : ''}`} role="status">
              <Icon of={good ? CircleCheck : CircleDashed} size="s" />
              {words.strengths[strength]}
            </span>
          }
        />
      </Step>
    </>
  )
}
