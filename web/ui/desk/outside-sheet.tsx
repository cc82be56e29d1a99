import { ChevronLeft, UserRound } from 'lucide-react'
import { useState } from 'react'
import type { WholeTalk } from '../../matrix/desk.ts'
import { personIn } from '../../matrix/person.ts'
import { explain } from '../../models/failure.ts'
import { type DeskRoute, formatRoute } from '../../models/route.ts'
import type { TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { go } from '../parts/use-route.ts'
import { useValue } from '../parts/use-value.ts'
import { useOffice } from '../staff/office-context.ts'
import { channelIcon } from './channel.tsx'
import { TakeOverDialog } from './take-over.tsx'

type OutsideProps = { model: TalkModel; whole: WholeTalk; route: DeskRoute }

/** A conversation that one is not in: what is told about it, and how to come in. */
export function OutsideSheet({ model, whole, route }: OutsideProps) {
  const { view } = route
  return (
    <main className="sheet" id="sheet" tabIndex={-1}>
      <header className="sheet-head">
        <a className="btn bare icon back" href={formatRoute({ page: 'desk', view })} aria-label={words.desk.back}>
          <Icon of={ChevronLeft} turn />
        </a>
        <div className="named">
          <h1 dir="auto">{whole.name}</h1>
          <p className="about">
            <span className="exact">{whole.reference}</span>
            <span>
              <Icon of={channelIcon(whole.channel)} />
              {words.desk.kind(whole.channel)}
            </span>
          </p>
        </div>
        <div className="tools narrow-only">
          <IconButton
            icon={UserRound}
            label={words.desk.citizen}
            pressed={route.side === 'citizen'}
            onPress={() => go({ page: 'desk', view, talkId: whole.id, ...(route.side ? {} : { side: 'citizen' }) })}
          />
        </div>
      </header>
      <div className="nothing-open">
        <ComeIn model={model} whole={whole} route={route} />
      </div>
    </main>
  )
}

function ComeIn({ model, whole, route }: OutsideProps) {
  const { client, desk } = useOffice()
  const dialogs = useDialogs()
  const isAsked = useValue(model.isAsked)
  const { busy, failure, run } = useAct()
  const isMine = whole.assignee === client.getSafeUserId()
  const leader = whole.assignee === null || isMine ? undefined : desk.person(whole.assignee, whole.roomId).name
  const text = textOf(whole, isAsked ? (inviterOf(client, whole.roomId) ?? '') : undefined, leader)
  return (
    <div className="asked">
      {leader && <p className="strong">{words.desk.ledTitle(leader)}</p>}
      <p className="quiet">{text}</p>
      {failure && <Notice tone="halt">{failure}</Notice>}
      <div className="line wrap">
        {leader ? (
          <>
            <BusyButton type="button" busy={busy} busyLabel={words.desk.taking} onClick={() => run(() => model.join())}>
              {words.desk.join}
            </BusyButton>
            <button
              type="button"
              className="btn"
              onClick={() => dialogs.show(<TakeOverDialog model={model} leader={leader} />)}
            >
              {words.desk.takeOver}
            </button>
          </>
        ) : (
          <BusyButton
            type="button"
            busy={busy}
            busyLabel={words.desk.taking}
            onClick={() =>
              run(async () => {
                await model.take(false)
                go({ ...route, view: { name: 'mine' } }, { replace: true })
              })
            }
          >
            {whole.state === 'closed' ? words.desk.takeAgain : isAsked ? words.desk.accept : words.desk.take}
          </BusyButton>
        )}
      </div>
    </div>
  )
}

function textOf(whole: WholeTalk, askedBy: string | undefined, leader: string | undefined): string {
  if (whole.state === 'closed') return words.desk.doneText(whole.updatedMs)
  if (leader) return words.desk.ledText
  if (askedBy) return words.desk.askedText(askedBy)
  return words.desk.untakenText(whole.channel, whole.lastInMs ?? whole.openedMs)
}

function inviterOf(client: ReturnType<typeof useOffice>['client'], roomId: string): string | undefined {
  const room = client.getRoom(roomId)
  const sender = room?.getMember(client.getSafeUserId())?.events.member?.getSender()
  return sender && personIn(client, room, sender).name
}

/** One act at a time, with what went wrong. */
export function useAct(): { busy: boolean; failure: string | undefined; run(act: () => Promise<void>): void } {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  async function run(act: () => Promise<void>): Promise<void> {
    if (busy) return
    setBusy(true)
    setFailure(undefined)
    try {
      await act()
    } catch (error) {
      setFailure(explain(error))
    } finally {
      setBusy(false)
    }
  }
  return { busy, failure, run: (act) => void run(act) }
}
