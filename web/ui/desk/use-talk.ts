import { useEffect, useState } from 'react'
import { TalkModel } from '../../models/talk.ts'
import { useOffice } from '../staff/office-context.ts'

/** The model of the conversation that is open; it goes when another is opened. */
export function useTalk(id: string): TalkModel | undefined {
  const office = useOffice()
  const [model, setModel] = useState<TalkModel>()
  useEffect(() => {
    const next = new TalkModel(office, office.desk, id)
    setModel(next)
    return () => next.stop()
  }, [office, id])
  return model?.id === id ? model : undefined
}
