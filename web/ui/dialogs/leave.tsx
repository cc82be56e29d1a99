import type { RoomModel } from '../../models/room.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { go } from '../parts/use-route.ts'
import { useValue } from '../parts/use-value.ts'

export function LeaveDialog({ model }: { model: RoomModel }) {
  const { name, open } = useValue(model.header)
  return (
    <FormDialog
      title={words.about.leaveTitle(name)}
      button={words.about.leaveButton}
      cancel={words.about.stay}
      halt
      onSubmit={async () => {
        await model.leave()
        go({ page: 'home' }, { replace: true })
      }}
    >
      <p>{open ? words.about.leaveTextOpen : words.about.leaveText}</p>
    </FormDialog>
  )
}
