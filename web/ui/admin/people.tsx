import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { StaffMember } from '../../matrix/administration.ts'
import { makePerson } from '../../matrix/person.ts'
import { explain } from '../../models/failure.ts'
import { formatRoute } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { Face } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'
import { PersonPanel } from './person-panel.tsx'

const pageSize = 50
const restMs = 250

type Found = { people: StaffMember[]; next: string | undefined }

function usePeople(search: string) {
  const { administration } = useOffice()
  const [found, setFound] = useState<Found>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    const stop = new AbortController()
    const timer = setTimeout(() => {
      administration
        .people({ search, limit: pageSize }, stop.signal)
        .then((page) => {
          setFound(page)
          setFailure(undefined)
        })
        .catch((error: unknown) => !stop.signal.aborted && setFailure(explain(error)))
    }, restMs)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [administration, search])
  async function more(): Promise<void> {
    const before = found
    if (!before?.next) return
    try {
      const page = await administration.people({ search, from: before.next, limit: pageSize })
      // Whoever typed on meanwhile looks at another list.
      setFound((now) => (now === before ? { people: [...before.people, ...page.people], next: page.next } : now))
      setFailure(undefined)
    } catch (error) {
      setFailure(explain(error))
    }
  }
  return { found, failure, more }
}

/** Every account of the house. */
export function People({ userId }: { userId: string | undefined }) {
  const [typed, setTyped] = useState('')
  const { found, failure, more } = usePeople(typed.trim())
  const chosen = found?.people.find((person) => person.userId === userId)
  return (
    <>
      <main className="page" id="sheet" tabIndex={-1}>
        <header className="page-head">
          <div>
            <h1>{words.admin.people}</h1>
            <p className="small quiet" role="status">
              {found && words.admin.peopleAbout(found.people.length, found.next !== undefined)}
            </p>
          </div>
        </header>
        <div className="bar-row">
          <label className="search">
            <Icon of={Search} />
            <span className="sr">{words.admin.search}</span>
            <input
              className="input"
              type="search"
              placeholder={words.admin.search}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <div className="scroll" tabIndex={0} role="group" aria-label={words.admin.people}>
          {failure && (
            <div className="pad">
              <Notice tone="halt">{failure}</Notice>
            </div>
          )}
          {found && found.people.length > 0 && <Table people={found.people} chosenId={userId} />}
          {found?.people.length === 0 && <p className="pad quiet">{words.admin.noneFound(typed)}</p>}
          {found?.next && (
            <div className="pad">
              <button type="button" className="btn" onClick={more}>
                {words.admin.more}
              </button>
            </div>
          )}
        </div>
      </main>
      {chosen && <PersonPanel key={chosen.userId} person={chosen} />}
    </>
  )
}

function Table({ people, chosenId }: { people: readonly StaffMember[]; chosenId: string | undefined }) {
  const { client } = useOffice()
  const { columns } = words.admin
  return (
    <table className="grid">
      <caption className="sr">{words.admin.people}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.role}</th>
          <th scope="col" className="wide-only">
            {columns.since}
          </th>
          <th scope="col">{columns.last}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.userId} className={person.userId === chosenId ? 'is-selected' : ''}>
            <th scope="row">
              <div className="person">
                <Face person={makePerson(person.userId, person.name, undefined, client.getDomain() ?? '')} />
                <span>
                  <a
                    href={formatRoute({ page: 'admin', section: 'people', userId: person.userId })}
                    aria-current={person.userId === chosenId ? 'true' : undefined}
                  >
                    {person.name}
                  </a>
                  <small className="exact">{person.userId}</small>
                </span>
              </div>
            </th>
            <td>
              {person.admin ? words.admin.administrator : words.admin.colleague}
              {person.deactivated && <span className="chip halt"> {words.admin.closed}</span>}
            </td>
            <td className="wide-only">{words.date(person.createdAt)}</td>
            <td>{person.lastSeenAt ? words.moment(person.lastSeenAt) : words.admin.never}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
