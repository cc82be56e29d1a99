import { DoorOpen } from 'lucide-react'
import { useEffect, useState } from 'react'
import { findOpenRooms, type OpenRoom } from '../../matrix/rooms.ts'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { FormDialog, useDialogs } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { go } from '../parts/use-route.ts'
import { useOffice } from '../staff/office-context.ts'

/** Rooms that everybody in the house may join. */
export function BrowseDialog() {
  const { client } = useOffice()
  const dialogs = useDialogs()
  const [typed, setTyped] = useState('')
  const [rooms, setRooms] = useState<readonly OpenRoom[]>()

  useEffect(() => {
    let gone = false
    const timer = setTimeout(() => {
      findOpenRooms(client, typed.trim())
        .then((found) => !gone && setRooms(found))
        .catch((error: unknown) => !gone && tell(explain(error), 'halt'))
    }, 200)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [client, typed])

  async function join(room: OpenRoom): Promise<void> {
    try {
      await client.joinRoom(room.id)
      dialogs.close()
      go({ page: 'room', roomId: room.id })
    } catch (error) {
      tell(explain(error), 'halt')
    }
  }

  return (
    <FormDialog title={words.browse.title}>
      <Field label={words.browse.search} value={typed} onChange={setTyped} type="search" autoFocus />
      <ul className="found">
        {rooms?.map((room) => (
          <li key={room.id} className="person-row">
            <Icon of={DoorOpen} />
            <span className="n words">
              {room.name}
              <small>{[words.people(room.members), room.topic].filter(Boolean).join(' · ')}</small>
            </span>
            <button
              type="button"
              className="btn little"
              aria-label={words.browse.join(room.name)}
              onClick={() => join(room)}
            >
              {words.browse.joinShort}
            </button>
          </li>
        ))}
      </ul>
      {rooms?.length === 0 && (
        <p className="quiet" role="status">
          {typed ? words.browse.noMatch(typed) : words.browse.none}
        </p>
      )}
    </FormDialog>
  )
}
