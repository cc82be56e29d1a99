import { CircleHelp, Clock, OctagonX } from 'lucide-react'
import { type ReactNode, useCallback } from 'react'
import type { CitizenAddress, CitizenRecord, OtherTalk, Permit, Preferences } from '../../matrix/citizens.ts'
import type { WholeTalk } from '../../matrix/desk.ts'
import { initialsOf, toneOf } from '../../matrix/person.ts'
import { type DeskRoute, formatRoute } from '../../models/route.ts'
import type { TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Seal } from '../parts/seal.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useValue } from '../parts/use-value.ts'
import { SidePanel } from '../side/side-panel.tsx'
import { useOffice } from '../staff/office-context.ts'
import { channelIcon } from './channel.tsx'
import { CitizenFace } from './citizen-face.tsx'
import { OpenedRecord, ShutRecord } from './open-record.tsx'
import { SaidDialog } from './said-dialog.tsx'

const othersShown = 8

type CitizenPanelProps = { model: TalkModel; whole: WholeTalk; isInside: boolean; route: DeskRoute; isWide: boolean }

/** Who she is, what we may write to her about, and how she wants it; as far as one may see it. */
export function CitizenPanel({ model, whole, isInside, route, isWide }: CitizenPanelProps) {
  const { about, failure, reload } = useAbout(model, whole, isInside)
  const content = (
    <>
      {whole.personId === null ? (
        <Section>
          <p className="quiet">{words.desk.panel.unknown}</p>
        </Section>
      ) : about ? (
        <Known about={about} model={model} personId={whole.personId} name={whole.name} onOpened={reload} />
      ) : (
        failure && <p className="pad quiet">{words.desk.panel.failed}</p>
      )}
      <ThisTalk whole={whole} />
    </>
  )
  const since = sinceOf(about)
  if (!isWide) {
    const back = { page: 'desk', view: route.view, talkId: whole.id } as const
    return (
      <SidePanel back={back} title={whole.name} about={since} closeLabel={words.desk.panel.close}>
        <div className="side-body">{content}</div>
      </SidePanel>
    )
  }
  return (
    <aside className="side" aria-label={words.desk.citizen}>
      <div className="side-head with-face">
        <CitizenFace
          size="big"
          isKnown={whole.personId !== null}
          person={{ initials: initialsOf(whole.name), tone: toneOf(whole.citizen) }}
        />
        <div>
          <h2 dir="auto">{whole.name}</h2>
          {since && <p>{since}</p>}
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div className="side-body" tabIndex={0} role="group" aria-label={words.desk.citizen}>
        {content}
      </div>
    </aside>
  )
}

type About = {
  record: CitizenRecord | 'reason-needed' | undefined
  permits: Permit[] | undefined
  preferences: Preferences | undefined
  talks: OtherTalk[] | undefined
}

const nothing: About = { record: undefined, permits: undefined, preferences: undefined, talks: undefined }

type Asked = { about: About | undefined; failure: string | undefined; reload(): void }

/** What is known of her, asked for anew whenever something happened with her, and when one comes in or goes. */
function useAbout(model: TalkModel, { personId, agency }: WholeTalk, isInside: boolean): Asked {
  const { citizens } = useOffice().desk
  const news = useValue(model.news)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever happened in the conversation may have changed it.
  const load = useCallback(async (): Promise<About> => {
    if (personId === null) return nothing
    const record = await citizens.record(personId)
    if (record === 'reason-needed') return { ...nothing, record }
    const [permits, preferences, talks] = await Promise.all([
      citizens.permits(personId, agency),
      citizens.preferences(personId),
      citizens.talks(personId),
    ])
    return { record, permits, preferences, talks }
  }, [citizens, personId, agency, news, isInside])
  const { data: about, failure, reload } = useLoaded(load)
  return { about, failure, reload }
}

function sinceOf(about: About | undefined): string | undefined {
  const record = about?.record
  return record === undefined || record === 'reason-needed' ? undefined : words.desk.panel.since(record.createdMs)
}

type KnownProps = { about: About; model: TalkModel; personId: string; name: string; onOpened(): void }

function Known({ about: { record, permits, preferences, talks }, model, personId, name, onOpened }: KnownProps) {
  if (record === 'reason-needed') {
    return (
      <Section>
        <ShutRecord personId={personId} name={name} onOpened={onOpened} />
      </Section>
    )
  }
  if (!record && !permits && !preferences)
    return (
      <Section>
        <p className="quiet">{words.desk.panel.hidden}</p>
      </Section>
    )
  const others = talks?.filter(({ id }) => id !== model.id) ?? []
  const isMoreToRead = others.length > 0 || record?.opening !== undefined
  return (
    <>
      {record?.opening && <OpenedRecord opening={record.opening} />}
      {permits && permits.length > 0 && <Permits permits={permits} />}
      {(record || preferences) && <Wishes record={record} preferences={preferences} />}
      {isMoreToRead && <Others talks={others} personId={personId} name={name} />}
    </>
  )
}

function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section>
      {title && <h3>{title}</h3>}
      {children}
    </section>
  )
}

const standings: Record<Permit['state'], 'yes' | 'no' | 'none'> = {
  always: 'yes',
  yes: 'yes',
  asked: 'none',
  stopped: 'no',
  'never-asked': 'none',
}

function Permits({ permits }: { permits: readonly Permit[] }) {
  return (
    <Section title={words.desk.panel.permits}>
      <ul className="consent">
        {permits.map((permit) => (
          <li key={permit.purposeId} className={standings[permit.state]}>
            <Standing state={permit.state} />
            <span dir="auto">{permit.title}</span>
            <span className="st">{words.desk.panel.states[permit.state]}</span>
            {permit.state === 'always' && <small>{words.desk.panel.bases[permit.basis]}</small>}
            {permit.sinceMs !== undefined && <small>{words.desk.panel.standing(permit.sinceMs, permit.source)}</small>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Standing({ state }: { state: Permit['state'] }) {
  if (state === 'stopped') return <Icon of={OctagonX} />
  if (state === 'asked') return <Icon of={Clock} />
  return state === 'never-asked' ? <Icon of={CircleHelp} /> : <Seal state="closed" />
}

function Wishes({ record, preferences }: { record: CitizenRecord | undefined; preferences: Preferences | undefined }) {
  const { panel } = words.desk
  const language = preferences?.language ?? record?.language
  const quiet = preferences?.quietHours
  return (
    <Section title={panel.wishes}>
      <dl className="facts">
        {preferences?.channels?.length ? (
          <>
            <dt>{panel.order}</dt>
            <dd>{panel.channels(preferences.channels)}</dd>
          </>
        ) : null}
        {record?.addresses.map((address) => (
          <Address key={address.id} address={address} />
        ))}
        {language && (
          <>
            <dt>{panel.language}</dt>
            <dd>{panel.languageName(language)}</dd>
          </>
        )}
        {quiet && (
          <>
            <dt>{panel.quiet}</dt>
            <dd>{panel.quietHours(quiet.from, quiet.to, quiet.timeZone)}</dd>
          </>
        )}
        {preferences?.formats?.length ? (
          <>
            <dt>{panel.format}</dt>
            <dd>{panel.formats(preferences.formats)}</dd>
          </>
        ) : null}
      </dl>
    </Section>
  )
}

function Address({ address: { kind, value, verified, readByOthers } }: { address: CitizenAddress }) {
  const { panel } = words.desk
  const notes = [verified ? panel.confirmed : panel.unconfirmed, readByOthers && panel.readByOthers].filter(Boolean)
  return (
    <>
      <dt>{panel.addresses[kind]}</dt>
      <dd>
        <bdi className="breaks">{value}</bdi> <span className="small quiet">· {notes.join(', ')}</span>
      </dd>
    </>
  )
}

type OthersProps = { talks: readonly OtherTalk[]; personId: string; name: string }

/** What else was talked about with her, and the words of all of it. */
function Others({ talks, personId, name }: OthersProps) {
  const { panel, said } = words.desk
  const dialogs = useDialogs()
  const read = () => dialogs.show(<SaidDialog personId={personId} name={name} />)
  return (
    <Section title={panel.others}>
      <ul className="others">
        {talks.slice(0, othersShown).map(({ id, channel, state, openedMs }) => (
          <li key={id}>
            <Icon of={channelIcon(channel)} size="s" />
            <a href={formatRoute({ page: 'desk', view: { name: state === 'closed' ? 'done' : 'mine' }, talkId: id })}>
              {panel.other(channel, openedMs)}
            </a>
            <span className="small quiet">{panel.otherStates[state]}</span>
          </li>
        ))}
      </ul>
      <button type="button" className="btn little" onClick={read}>
        {said.read}
      </button>
    </Section>
  )
}

function ThisTalk({ whole }: { whole: WholeTalk }) {
  const { client, desk } = useOffice()
  const lists = useValue(desk.lists)
  const { panel } = words.desk
  const own = client.getSafeUserId()
  const names = whole.staff.map((id) => (id === own ? words.you : desk.person(id, whole.roomId).name))
  const queue = lists?.queues.find(({ id }) => id === whole.queue)?.name
  return (
    <Section title={panel.conversation}>
      <dl className="facts">
        <dt>{panel.reference}</dt>
        <dd className="exact">{whole.reference}</dd>
        <dt>{panel.begun}</dt>
        <dd>{words.moment(whole.openedMs)}</dd>
        {queue && (
          <>
            <dt>{panel.queue}</dt>
            <dd>{queue}</dd>
          </>
        )}
        <dt>{panel.staff}</dt>
        <dd>{names.length > 0 ? panel.staffNames(names) : panel.nobody}</dd>
      </dl>
    </Section>
  )
}
