import type { AdminPage, Route } from '../../models/route.ts'
import { formatRoute } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Invitations } from './invitations.tsx'
import { People } from './people.tsx'

const pages: AdminPage[] = ['people', 'invitations']

/** The administration: who is here, on which devices, and who is asked in. */
export function Admin({ route }: { route: Route & { page: 'admin' } }) {
  return (
    <>
      <nav className="list" aria-label={words.admin.nav}>
        <div className="list-head">
          <div className="strong lead">{words.admin.title}</div>
        </div>
        <div className="subnav">
          {pages.map((page) => (
            <a
              key={page}
              href={formatRoute({ page: 'admin', section: page })}
              aria-current={route.section === page ? 'page' : undefined}
            >
              {words.admin[page]}
            </a>
          ))}
        </div>
      </nav>
      {route.section === 'people' ? <People userId={route.userId} /> : <Invitations />}
    </>
  )
}
