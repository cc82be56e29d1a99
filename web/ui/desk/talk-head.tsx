import { ArrowRight, Check, ChevronLeft, Clock, DoorOpen, Ellipsis, Reply, UserCheck, UserRound } from 'lucide-react'
import { Button } from 'react-aria-components'
import { ledSince, type TalkAct, type WholeTalk } from '../../matrix/desk.ts'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import { type DeskRoute, formatRoute } from '../../models/route.ts'
import type { Inside, TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { Act, ActMenu } from '../parts/menu.tsx'
import { Seal } from '../parts/seal.tsx'
import { go } from '../parts/use-route.ts'
import { useOffice } from '../staff/office-context.ts'
import { HandOverDialog } from './hand-over.tsx'
import { TakeOverDialog } from './take-over.tsx'

type TalkHeadProps = { model: TalkModel; whole: WholeTalk; inside: Inside; route: DeskRoute }

/** Who it is, since when it is whose, how it is sealed, and what can be done with the conversation. */
export function TalkHead({ model, whole, inside, route }: TalkHeadProps) {
  const { client, desk } = useOffice()
  const { view } = route
  const led = ledSince(inside.conversation.room)
  const isMine = whole.assignee === client.getSafeUserId()
  const leader = whole.assignee && desk.person(whole.assignee, whole.roomId).name
  return (
    <header className="sheet-head">
      <a className="btn bare icon back" href={formatRoute({ page: 'desk', view })} aria-label={words.desk.back}>
        <Icon of={ChevronLeft} turn />
      </a>
      <div className="named">
        <h1 dir="auto">{whole.name}</h1>
        <p className="about">
          <span className="exact">{whole.reference}</span>
          {led && (
            <span>
              <Icon of={UserRound} />
              {isMine ? words.desk.yoursSince(led.at) : leader ? words.desk.ledSince(leader, led.at) : null}
            </span>
          )}
          {whole.state === 'waiting' && (
            <span>
              <Icon of={Clock} />
              {words.desk.waits}
            </span>
          )}
          <span className="not-phone long">
            <Seal state="held" />
            {words.desk.sealed(whole.channel)}
          </span>
        </p>
      </div>
      <TalkTools model={model} whole={whole} route={route} isMine={isMine} leader={leader ?? ''} />
    </header>
  )
}

type ToolsProps = { model: TalkModel; whole: WholeTalk; route: DeskRoute; isMine: boolean; leader: string }

function TalkTools({ model, whole, route, isMine, leader }: ToolsProps) {
  const acts = useTalkActs(model, whole, leader)
  const { view } = route
  const [first] = acts
  return (
    <div className="tools" role="group" aria-label={words.desk.tools}>
      <span className="narrow-only">
        <IconButton
          icon={UserRound}
          label={words.desk.citizen}
          pressed={route.side === 'citizen'}
          onPress={() => go({ page: 'desk', view, talkId: whole.id, ...(route.side ? {} : { side: 'citizen' }) })}
        />
      </span>
      {isMine
        ? acts.map((act) => (
            <button key={act.name} type="button" className="btn little roomy-only" onClick={act.run}>
              {act.icon === Check && <Icon of={Check} size="s" />}
              {act.name}
            </button>
          ))
        : first && (
            <button type="button" className="btn little roomy-only" onClick={first.run}>
              <Icon of={first.icon} size="s" />
              {first.name}
            </button>
          )}
      <span className={isMine ? 'tight-only' : ''}>
        <ActMenu
          label={words.desk.more2}
          trigger={
            <Button className="btn bare icon" aria-label={words.desk.more2}>
              <Icon of={Ellipsis} />
            </Button>
          }
        >
          {acts.map((act) => (
            <Act key={act.name} icon={act.icon} onAct={act.run}>
              {act.name}
            </Act>
          ))}
        </ActMenu>
      </span>
    </div>
  )
}

type TalkActRow = { name: string; icon: typeof Check; run(): void }

function useTalkActs(model: TalkModel, whole: WholeTalk, leader: string): TalkActRow[] {
  const { client } = useOffice()
  const dialogs = useDialogs()
  const run = (act: () => Promise<void>, said?: string) => () =>
    void act().then(
      () => said && tell(said),
      (error: unknown) => tell(explain(error), 'halt'),
    )
  const set = (act: TalkAct, said?: string) => run(() => model.act(act), said)
  const close = { name: words.desk.close, icon: Check, run: set('close', words.desk.closed(whole.name)) }
  const turn =
    whole.state === 'waiting'
      ? { name: words.desk.goOn, icon: Reply, run: set('open') }
      : { name: words.desk.wait, icon: Clock, run: set('wait') }
  if (whole.assignee === client.getSafeUserId()) {
    const handOver = () => dialogs.show(<HandOverDialog model={model} whole={whole} />)
    return [{ name: words.desk.handOver, icon: ArrowRight, run: handOver }, turn, close]
  }
  const takeOver = () =>
    whole.assignee ? dialogs.show(<TakeOverDialog model={model} leader={leader} />) : run(() => model.take(false))()
  return [
    { name: whole.assignee ? words.desk.takeOver : words.desk.take, icon: UserCheck, run: takeOver },
    turn,
    close,
    { name: words.desk.stepOut, icon: DoorOpen, run: run(() => model.leave()) },
  ]
}
