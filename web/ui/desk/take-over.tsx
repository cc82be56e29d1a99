import type { TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'

/** Makes sure that it is meant: a colleague works on it. */
export function TakeOverDialog({ model, leader }: { model: TalkModel; leader: string }) {
  return (
    <FormDialog
      title={words.desk.takeOverTitle(leader)}
      button={words.desk.takeOver}
      cancel={words.desk.keepOut}
      onSubmit={() => model.take(true)}
    >
      <p>{words.desk.takeOverText}</p>
    </FormDialog>
  )
}
