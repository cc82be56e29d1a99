import type { Person } from '../../matrix/person.ts'
import { words } from '../../words/index.ts'
import { Face } from '../staff/face.tsx'

export const optionId = (listId: string, index: number): string => `${listId}-${index}`

type CompletionProps = { id: string; people: Person[]; chosen: number; onPick(person: Person): void }

/** Names that fit what is typed after an @. The focus stays in the field; arrows choose, Enter takes. */
export function Completion({ id, people, chosen, onPick }: CompletionProps) {
  return (
    <div className="menu completion" id={id} role="listbox" aria-label={words.composer.completions}>
      {people.map((person, index) => (
        <div
          key={person.id}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === chosen}
          tabIndex={-1}
          onPointerDown={(event) => {
            event.preventDefault()
            onPick(person)
          }}
        >
          <Face person={person} size="tiny" />
          <span>{person.name}</span>
          <span className="end small faint exact">{person.id}</span>
        </div>
      ))}
    </div>
  )
}
