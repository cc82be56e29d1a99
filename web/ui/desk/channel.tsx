import { Inbox, Mail, Smartphone } from 'lucide-react'
import type { ChannelKind } from '../../matrix/desk.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'

const icons = { sms: Smartphone, mail: Mail, inbox: Inbox }

export const channelIcon = (kind: ChannelKind) => icons[kind]

/** By which channel words came or went. */
export function Via({ kind }: { kind: ChannelKind }) {
  return (
    <span className="via">
      <Icon of={icons[kind]} />
      {words.desk.kind(kind)}
    </span>
  )
}
