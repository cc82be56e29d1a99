import { type ReactNode, useEffect, useRef } from 'react'
import type { Installation } from '../../matrix/account.ts'
import { words } from '../../words/index.ts'
import { Mark } from '../parts/seal.tsx'

type LetterProps = {
  agency: string
  greeting: string
  installation: Installation | undefined
  title: string
  children: ReactNode
}

/** The page before one is in: the agency's letter, with notes in its margin. */
export function Letter({ agency, greeting, installation, title, children }: LetterProps) {
  useEffect(() => {
    document.title = `${title} – ${agency || words.product}`
  }, [title, agency])
  return (
    <div className="letterhead">
      <main tabIndex={-1}>
        <div className="m crest-cell">
          <Mark className="arms" />
        </div>
        <div className="b">
          <p className="agency">{agency || words.product}</p>
          <p className="greeting">{greeting}</p>
        </div>
        {children}
      </main>
      <footer>
        <span className="line">
          <Mark className="mk" />
          {words.product}
        </span>
        <span>{words.door.footer}</span>
        {installation && <span className="end faint">{words.door.version(installation.version)}</span>}
      </footer>
    </div>
  )
}

/** A note in the margin and the step that it belongs to. The note comes first, also for who listens. */
export function Step({ note, text, children }: { note?: string; text?: string; children: ReactNode }) {
  return (
    <>
      <div className="m">
        {note && <b>{note}</b>}
        {text && <span>{text}</span>}
      </div>
      <div className="b">{children}</div>
    </>
  )
}

/** Moves the focus to the first field with an error, after a form was refused. */
export function useFirstError(tries: number) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tries])
  return form
}
