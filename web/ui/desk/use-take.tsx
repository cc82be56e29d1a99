import { useState } from 'react'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import { go } from '../parts/use-route.ts'
import { useOffice } from '../staff/office-context.ts'

/** Takes a conversation out of the list and opens it among one's own. */
export function useTake(): { take(id: string): void; busy: boolean } {
  const { desk } = useOffice()
  const [busy, setBusy] = useState(false)
  async function take(id: string): Promise<void> {
    if (busy) return
    setBusy(true)
    try {
      await desk.api.take(id, false)
      go({ page: 'desk', view: { name: 'mine' }, talkId: id })
    } catch (error) {
      tell(explain(error), 'halt')
    } finally {
      setBusy(false)
      desk.refreshSoon()
    }
  }
  return { take: (id) => void take(id), busy }
}
