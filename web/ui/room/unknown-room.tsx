import { ChevronLeft, DoorClosed } from 'lucide-react'
import { useState } from 'react'
import { explain } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { useOffice } from '../staff/office-context.ts'

/** A link to a room that one is not in: perhaps it is open to all, else one says so. */
export function UnknownRoom({ roomId }: { roomId: string }) {
  const office = useOffice()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()

  async function join(): Promise<void> {
    setBusy(true)
    setFailure(undefined)
    await office.client.joinRoom(roomId).catch((error: unknown) => setFailure(explain(error)))
    setBusy(false)
  }

  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      <a className="btn bare icon back" href="#/" aria-label={words.room.back}>
        <Icon of={ChevronLeft} turn />
      </a>
      <div className="nothing-open">
        <div className="empty">
          <Icon of={DoorClosed} size="xl" />
          <h1>{words.room.notFoundTitle}</h1>
          <p className="quiet">{words.room.notFoundText}</p>
          {failure && <Notice tone="halt">{failure}</Notice>}
          <BusyButton className="btn" busy={busy} busyLabel={words.room.accepting} onClick={join} type="button">
            {words.room.join}
          </BusyButton>
        </div>
      </div>
    </main>
  )
}
