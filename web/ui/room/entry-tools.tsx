import { Copy, Ellipsis, Link, MessagesSquare, Pencil, Reply, Smile, Trash2 } from 'lucide-react'
import { Button, Separator } from 'react-aria-components'
import type { Entry } from '../../matrix/entry.ts'
import type { RoomModel } from '../../models/room.ts'
import type { TimelineModel } from '../../models/timeline.ts'
import { words } from '../../words/index.ts'
import { RemoveEntryDialog } from '../dialogs/remove-entry.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { EndorseMenu } from './endorsements.tsx'
import { entryActs } from './entry-acts.ts'

/** The commonest acts on an entry, and the menu with the rest. Drawn only where pointer or focus is. */
export function EntryTools({ entry, model, timeline }: { entry: Entry; model: RoomModel; timeline: TimelineModel }) {
  const acts = entryActs(model, timeline, entry)
  const dialogs = useDialogs()
  if (!acts.copyLink && !acts.copyWords) return null
  return (
    <div className="acts" role="group" aria-label={words.entry.acts}>
      {acts.endorse && (
        <EndorseMenu
          entry={entry}
          onEndorse={acts.endorse}
          trigger={
            <Button className="btn bare icon little" aria-label={words.entry.endorse}>
              <Icon of={Smile} />
            </Button>
          }
        />
      )}
      {acts.reply && <IconButton little turn icon={Reply} label={words.entry.reply} onPress={acts.reply} />}
      {acts.thread && <IconButton little icon={MessagesSquare} label={words.entry.thread} onPress={acts.thread} />}
      <ActMenu
        label={words.entry.more}
        trigger={
          <Button className="btn bare icon little" aria-label={words.entry.more}>
            <Icon of={Ellipsis} />
          </Button>
        }
      >
        {acts.edit && (
          <Act icon={Pencil} shortcut="E" onAct={acts.edit}>
            {words.entry.edit}
          </Act>
        )}
        {acts.copyWords && (
          <Act icon={Copy} onAct={acts.copyWords}>
            {words.entry.copyWords}
          </Act>
        )}
        {acts.copyLink && (
          <Act icon={Link} onAct={acts.copyLink}>
            {words.entry.copyLink}
          </Act>
        )}
        {acts.remove && <Separator />}
        {acts.remove && (
          <Act icon={Trash2} halt onAct={() => dialogs.show(<RemoveEntryDialog model={model} eventId={entry.id} />)}>
            {words.entry.remove}
          </Act>
        )}
      </ActMenu>
    </div>
  )
}
