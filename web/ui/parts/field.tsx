import { CircleAlert } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import { words } from '../../words/index.ts'
import { Icon } from './icon.tsx'

type FieldProps = Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  label: string
  value: string
  onChange(value: string): void
  hint?: ReactNode
  error?: string | undefined
  /** Something beside or under the input, such as a button that shows a password. */
  beside?: ReactNode
}

/** A labelled input. Its hint and its error are its description, so they are read with it. */
export function Field({ label, value, onChange, hint, error, beside, ...input }: FieldProps) {
  const id = useId()
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  const control = (
    <input
      {...input}
      id={id}
      className={`input ${input.className ?? ''}`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      aria-invalid={error ? true : undefined}
      aria-describedby={describedBy || undefined}
    />
  )
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {beside ? (
        <span className="reveal">
          {control}
          {beside}
        </span>
      ) : (
        control
      )}
      {error && (
        <span className="error" id={`${id}-error`}>
          <Icon of={CircleAlert} />
          {error}
        </span>
      )}
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

type PasswordProps = Omit<FieldProps, 'type' | 'beside'>

/** A password that one may look at while typing it. */
export function PasswordField(props: PasswordProps) {
  const [shown, setShown] = useState(false)
  const toggle = (
    <button
      type="button"
      className="btn bare little"
      aria-pressed={shown}
      aria-label={shown ? words.door.hidePassword : words.door.showPassword}
      onClick={() => setShown(!shown)}
    >
      {shown ? words.door.hide : words.door.show}
    </button>
  )
  return <Field {...props} type={shown ? 'text' : 'password'} beside={toggle} spellCheck={false} autoCapitalize="off" />
}
