import { UserRound } from 'lucide-react'
import type { Person } from '../../matrix/person.ts'
import { Icon } from '../parts/icon.tsx'

type CitizenFaceProps = { person: Pick<Person, 'initials' | 'tone'>; isKnown: boolean; size?: 'big' }

/** Citizens are round. An address that nobody knows has no initials. */
export function CitizenFace({ person, isKnown, size }: CitizenFaceProps) {
  return (
    <span className={['face', 'citizen', size, `f${person.tone}`].filter(Boolean).join(' ')} aria-hidden="true">
      {isKnown ? person.initials : <Icon of={UserRound} size="s" />}
    </span>
  )
}
