import { lazy, Suspense, useEffect, useState } from 'react'
import { type Installation, readInstallation, signOut } from '../matrix/account.ts'
import { forgetSession, keepSession, readSession, type Session, watchSession } from '../matrix/session.ts'
import { words } from '../words/index.ts'
import { Invited } from './door/invited.tsx'
import { SetUp } from './door/set-up.tsx'
import { SignIn } from './door/sign-in.tsx'
import { go, useRoute } from './parts/use-route.ts'

// Everything behind the door, with the Matrix SDK, is fetched when somebody is let in.
const Staff = lazy(() => import('./staff/staff.tsx').then(({ Staff }) => ({ default: Staff })))

type House = { installation: Installation | undefined; unreachable: boolean }

function useInstallation(): House {
  const [house, setHouse] = useState<House>({ installation: undefined, unreachable: false })
  useEffect(() => {
    readInstallation()
      .then((installation) => setHouse({ installation, unreachable: false }))
      .catch(() => setHouse({ installation: undefined, unreachable: true }))
  }, [])
  return house
}

/** The door: who is signed in sees the rooms, everyone else a letter. */
export function App() {
  const route = useRoute()
  const { installation, unreachable } = useInstallation()
  const [session, setSession] = useState<Session | undefined>(readSession)
  const [reason, setReason] = useState<string>()

  useEffect(() => watchSession(setSession), [])

  function enter(next: Session): void {
    keepSession(next)
    setReason(undefined)
    if (route.page !== 'room') go({ page: 'home' }, { replace: true })
    setSession(next)
  }

  function leave(why: string): void {
    forgetSession()
    setReason(why)
    setSession(undefined)
  }

  if (route.page === 'set-up') return <SetUp token={route.token} installation={installation} onSession={enter} />
  if (route.page === 'invitation') {
    return <Invited token={route.token} installation={installation} onSession={enter} />
  }
  if (!session) {
    return <SignIn installation={installation} unreachable={unreachable} reason={reason} onSession={enter} />
  }
  return (
    <Suspense fallback={<Opening />}>
      <Staff
        key={session.accessToken}
        session={session}
        organisation={installation?.organisation ?? words.product}
        onSignedOut={() => leave(words.door.endedElsewhere)}
        onSignOut={() => {
          void signOut(session)
          leave(words.door.signedOut)
        }}
      />
    </Suspense>
  )
}

function Opening() {
  return (
    <main className="opening" aria-busy="true">
      <p className="line quiet" role="status">
        <span className="spin" />
        {words.opening}
      </p>
    </main>
  )
}
