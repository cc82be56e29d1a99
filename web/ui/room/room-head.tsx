import { ChevronLeft, Info, Landmark, UsersRound } from 'lucide-react'
import { memo } from 'react'
import type { RoomHeader, RoomModel } from '../../models/room.ts'
import type { Side } from '../../models/route.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { Seal } from '../parts/seal.tsx'
import { go } from '../parts/use-route.ts'

type RoomHeadProps = { model: RoomModel; header: RoomHeader; side: Side | undefined }

/** The room's name, how it is sealed, who is in it, and what one can open about it. */
export const RoomHead = memo(function RoomHead({ model, header, side }: RoomHeadProps) {
  const { name, topic, locked, members, houses, partner } = header
  const toggle = (kind: 'people' | 'about') =>
    go(side?.kind === kind ? { page: 'room', roomId: model.id } : { page: 'room', roomId: model.id, side: { kind } })
  return (
    <header className="sheet-head">
      <a className="btn bare icon back" href="#/" aria-label={words.room.back}>
        <Icon of={ChevronLeft} turn />
      </a>
      <div className="named">
        <h1 dir="auto">{name}</h1>
        <p className="about">
          <span>
            <Seal state={locked ? 'broken' : 'held'} />
            <span className="not-phone">{locked ? words.room.lockedHere : words.room.sealedHere}</span>
            <span className="phone-only">{locked ? words.room.lockedHereShort : words.room.sealedHereShort}</span>
          </span>
          {partner ? (
            <span className="exact">{partner.id}</span>
          ) : (
            <button type="button" onClick={() => toggle('people')}>
              <Icon of={UsersRound} />
              {words.room.members(members)}
            </button>
          )}
          {houses.others.map(({ house, count }) => (
            <span key={house} className="origin other">
              <Icon of={Landmark} />
              {words.room.fromHouse(count, house)}
            </span>
          ))}
          {topic && (
            <span className="topic" title={topic}>
              {topic}
            </span>
          )}
        </p>
      </div>
      <div className="tools" role="group" aria-label={words.room.tools}>
        <IconButton
          icon={UsersRound}
          label={words.room.people}
          pressed={side?.kind === 'people'}
          onPress={() => toggle('people')}
        />
        <IconButton
          icon={Info}
          label={words.room.about}
          pressed={side?.kind === 'about'}
          onPress={() => toggle('about')}
        />
      </div>
    </header>
  )
})
