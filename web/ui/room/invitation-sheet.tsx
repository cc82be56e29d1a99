import { ChevronLeft } from 'lucide-react'
import { useState } from 'react'
import { explain } from '../../models/failure.ts'
import type { RoomModel } from '../../models/room.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { go } from '../parts/use-route.ts'
import { useValue } from '../parts/use-value.ts'
import { Face } from '../staff/face.tsx'

/** A room that one is invited to: who asks, and the two answers. */
export function InvitationSheet({ model }: { model: RoomModel }) {
  const { name, topic, invitedBy } = useValue(model.header)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const direct = Boolean(model.room.getDMInviter())
  const who = invitedBy?.name ?? ''

  async function answer(act: () => Promise<void>): Promise<void> {
    setBusy(true)
    setFailure(undefined)
    await act().catch((error: unknown) => setFailure(explain(error)))
    setBusy(false)
  }

  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      <a className="btn bare icon back" href="#/" aria-label={words.room.back}>
        <Icon of={ChevronLeft} turn />
      </a>
      <div className="nothing-open">
        <div className="asked">
          {invitedBy && <Face person={invitedBy} size="big" />}
          <h1>{direct ? who : words.room.invitedTitle(name)}</h1>
          {topic && <p className="words quiet">{topic}</p>}
          <p className="quiet">{direct ? words.room.invitedDirect(who) : words.room.invitedText(who)}</p>
          {invitedBy && <p className="exact faint">{invitedBy.id}</p>}
          {failure && <Notice tone="halt">{failure}</Notice>}
          <div className="line">
            <button
              type="button"
              className="btn"
              onClick={() => answer(() => model.leave().then(() => go({ page: 'home' }, { replace: true })))}
            >
              {words.room.decline}
            </button>
            <BusyButton
              type="button"
              busy={busy}
              busyLabel={words.room.accepting}
              onClick={() => answer(() => model.accept())}
            >
              {words.room.accept}
            </BusyButton>
          </div>
        </div>
      </div>
    </main>
  )
}
