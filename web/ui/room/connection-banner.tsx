import { useEffect, useRef, useState } from 'react'
import { words } from '../../words/index.ts'
import { Notice } from '../parts/notice.tsx'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'

const backShownMs = 4000

/** Says when the server is out of reach and what that means, and when it is back. */
export function ConnectionBanner() {
  const office = useOffice()
  const connection = useValue(office.connection)
  const wasLost = useRef(false)
  const [back, setBack] = useState(false)

  useEffect(() => {
    if (connection === 'lost') wasLost.current = true
    if (connection !== 'live' || !wasLost.current) return
    wasLost.current = false
    setBack(true)
    const timer = setTimeout(() => setBack(false), backShownMs)
    return () => clearTimeout(timer)
  }, [connection])

  if (connection === 'lost') {
    const retry = (
      <button type="button" className="btn little" onClick={() => office.client.retryImmediately()}>
        {words.connection.retry}
      </button>
    )
    return (
      <Notice tone="wait" className="banner" act={retry}>
        {words.connection.lost}
      </Notice>
    )
  }
  return back ? (
    <Notice tone="act" className="banner">
      {words.connection.back}
    </Notice>
  ) : null
}
