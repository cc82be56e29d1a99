import { useEffect, useState } from 'react'
import type { Person } from '../../matrix/person.ts'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import type { RoomModel } from '../../models/room.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { useValue } from '../parts/use-value.ts'
import { PeoplePicker } from './people-picker.tsx'

export function InviteDialog({ model }: { model: RoomModel }) {
  const header = useValue(model.header)
  const members = useValue(model.members)
  const [picked, setPicked] = useState<readonly Person[]>([])
  useEffect(() => {
    void model.loadMembers()
  }, [model])
  const unavailable = new Map(
    members.map(({ person, state }) => [
      person.id,
      state === 'joined' ? words.invite.already : state === 'invited' ? words.members.invited : words.members.removed,
    ]),
  )

  async function invite(): Promise<boolean> {
    const done: string[] = []
    const left: Person[] = []
    for (const person of picked) {
      try {
        await model.invite(person.id)
        done.push(person.name)
      } catch (error) {
        left.push(person)
        tell(words.invite.failed(person.name, explain(error)), 'halt')
      }
    }
    if (done.length > 0) tell(words.invite.invited(done))
    setPicked(left)
    return left.length === 0 && picked.length > 0
  }

  return (
    <FormDialog
      title={words.invite.title(header.name)}
      button={words.invite.button(picked.length)}
      disabled={picked.length === 0}
      onSubmit={invite}
    >
      <p className="quiet">{words.invite.text}</p>
      <PeoplePicker
        label={words.newMessage.search}
        picked={picked}
        onPick={setPicked}
        unavailable={unavailable}
        autoFocus
      />
    </FormDialog>
  )
}
