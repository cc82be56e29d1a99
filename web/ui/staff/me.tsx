import { Keyboard, LogOut, MonitorSmartphone, Palette, PenLine } from 'lucide-react'
import { Button, Separator } from 'react-aria-components'
import { words } from '../../words/index.ts'
import { DevicesDialog } from '../dialogs/devices.tsx'
import { KeysDialog } from '../dialogs/keys.tsx'
import { LookDialog } from '../dialogs/look.tsx'
import { NameDialog } from '../dialogs/name.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { useValue } from '../parts/use-value.ts'
import { Face } from './face.tsx'
import { useOffice } from './office-context.ts'

/** One's own face and what belongs to it. */
export function Me({ onSignOut }: { onSignOut(): void }) {
  const office = useOffice()
  const me = useValue(office.me)
  const dialogs = useDialogs()
  const trigger = (
    <Button className="me">
      <Face person={me} size="big" />
      <span className="sr">{words.spine.you(me.name)}</span>
    </Button>
  )
  const head = (
    <div className="menu-head">
      <div className="strong">{me.name}</div>
      <div className="exact quiet">{me.id}</div>
    </div>
  )
  return (
    <ActMenu label={words.spine.you(me.name)} trigger={trigger} head={head} placement="end bottom">
      <Act icon={Palette} onAct={() => dialogs.show(<LookDialog />)}>
        {words.me.look}
      </Act>
      <Act icon={PenLine} onAct={() => dialogs.show(<NameDialog />)}>
        {words.me.name}
      </Act>
      <Act icon={MonitorSmartphone} onAct={() => dialogs.show(<DevicesDialog />)}>
        {words.me.devices}
      </Act>
      <Act icon={Keyboard} onAct={() => dialogs.show(<KeysDialog />)}>
        {words.me.keys}
      </Act>
      <Separator />
      <Act icon={LogOut} onAct={onSignOut}>
        {words.me.signOut}
      </Act>
    </ActMenu>
  )
}
