import { CircleCheck, Info, OctagonX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

type Tone = 'note' | 'wait' | 'halt' | 'act'
const icons = { note: Info, wait: TriangleAlert, halt: OctagonX, act: CircleCheck }

/** Something to know that stays where it is. `halt` is spoken at once, the others when there is a pause. */
export function Notice({
  tone,
  children,
  act,
  className = '',
}: {
  tone: Tone
  children: ReactNode
  act?: ReactNode
  className?: string
}) {
  return (
    <div className={`notice ${tone} ${className}`} role={tone === 'halt' ? 'alert' : 'status'}>
      <Icon of={icons[tone]} />
      <div>{children}</div>
      {act}
    </div>
  )
}
