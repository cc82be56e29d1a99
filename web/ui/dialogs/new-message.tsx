import { useState } from 'react'
import type { Person } from '../../matrix/person.ts'
import { openConversation } from '../../matrix/rooms.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { go } from '../parts/use-route.ts'
import { useOffice } from '../staff/office-context.ts'
import { PeoplePicker } from './people-picker.tsx'

export function NewMessageDialog({ typed }: { typed: string }) {
  const office = useOffice()
  const [picked, setPicked] = useState<readonly Person[]>([])
  const person = picked[0]

  async function open(): Promise<boolean> {
    if (!person) return false
    go({ page: 'room', roomId: await openConversation(office.client, person.id) })
    return true
  }

  return (
    <FormDialog
      title={words.newMessage.title}
      button={person ? words.newMessage.button(person.name) : words.newMessage.start}
      disabled={!person}
      onSubmit={open}
    >
      <PeoplePicker label={words.newMessage.search} picked={picked} onPick={setPicked} single typed={typed} autoFocus />
    </FormDialog>
  )
}
