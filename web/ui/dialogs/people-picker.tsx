import { Search, X } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import { makePerson, type Person } from '../../matrix/person.ts'
import { findPeople, isUserId } from '../../matrix/rooms.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Face } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'

const restMs = 200

type PeoplePickerProps = {
  label: string
  picked: readonly Person[]
  onPick(picked: readonly Person[]): void
  /** One at most: a new choice takes the place of the old. */
  single?: boolean
  /** People who cannot be picked, with the reason. */
  unavailable?: ReadonlyMap<string, string>
  typed?: string
  autoFocus?: boolean
}

function useFound(typed: string): { found: readonly Person[]; searching: boolean } {
  const { client } = useOffice()
  const [state, setState] = useState<{ found: readonly Person[]; searching: boolean }>({ found: [], searching: false })
  useEffect(() => {
    const term = typed.trim()
    if (!term) return setState({ found: [], searching: false })
    let gone = false
    setState((before) => ({ ...before, searching: true }))
    const timer = setTimeout(async () => {
      const found = await findPeople(client, term).catch(() => [])
      // Somebody of another house is in no directory of ours; her full address is enough.
      const byId = isUserId(term) && !found.some((person) => person.id === term)
      const all = byId ? [makePerson(term, undefined, undefined, client.getDomain() ?? ''), ...found] : found
      if (!gone) setState({ found: all, searching: false })
    }, restMs)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [client, typed])
  return state
}

/** Finds people of the house by name and takes them in hand. */
export function PeoplePicker(props: PeoplePickerProps) {
  const { label, picked, onPick, single = false, unavailable, autoFocus } = props
  const [typed, setTyped] = useState(props.typed ?? '')
  const { found, searching } = useFound(typed)
  const id = useId()
  const isPicked = (person: Person) => picked.some((other) => other.id === person.id)

  function toggle(person: Person): void {
    if (isPicked(person)) onPick(picked.filter((other) => other.id !== person.id))
    else onPick(single ? [person] : [...picked, person])
  }

  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {picked.length > 0 && !single && (
        <div className="picked">
          {picked.map((person) => (
            <span key={person.id} className="token">
              {person.name}
              <button type="button" aria-label={words.invite.remove(person.name)} onClick={() => toggle(person)}>
                <Icon of={X} />
              </button>
            </span>
          ))}
        </div>
      )}
      <span className="search">
        <Icon of={Search} />
        <input
          id={id}
          className="input"
          type="search"
          value={typed}
          // biome-ignore lint/a11y/noAutofocus: a dialog takes the focus to its first field.
          autoFocus={autoFocus}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !found[0] || isPicked(found[0])) return
            event.preventDefault()
            if (!unavailable?.has(found[0].id)) toggle(found[0])
          }}
        />
      </span>
      <div className="found" role="group" aria-label={label}>
        {found.map((person) => (
          <Choice
            key={person.id}
            person={person}
            reason={unavailable?.get(person.id)}
            name={`${id}-person`}
            single={single}
            checked={isPicked(person)}
            onToggle={() => toggle(person)}
          />
        ))}
      </div>
      <span className="hint" role="status">
        {searching
          ? words.newMessage.searching
          : typed.trim() && found.length === 0
            ? words.newMessage.none(typed.trim())
            : ''}
      </span>
    </div>
  )
}

type ChoiceProps = {
  person: Person
  /** Why she cannot be picked. */
  reason: string | undefined
  name: string
  single: boolean
  checked: boolean
  onToggle(): void
}

function Choice({ person, reason, name, single, checked, onToggle }: ChoiceProps) {
  if (reason !== undefined) {
    return (
      <div className="person-row quiet">
        <Shown person={person} />
        <span className="small">{reason}</span>
      </div>
    )
  }
  return (
    <label className="person-row">
      <Shown person={person} />
      <span className="tick">
        <input type={single ? 'radio' : 'checkbox'} name={name} checked={checked} onChange={onToggle} />
      </span>
    </label>
  )
}

function Shown({ person }: { person: Person }) {
  return (
    <>
      <Face person={person} />
      <span className="n">
        {person.name}
        <small className="exact">{person.id}</small>
      </span>
    </>
  )
}
