import { ChevronLeft, X } from 'lucide-react'
import { useCallback, useEffect, useRef } from 'react'
import type { StaffDevice, StaffMember } from '../../matrix/administration.ts'
import { makePerson } from '../../matrix/person.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { FormDialog, useDialogs } from '../parts/dialog.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { go } from '../parts/use-route.ts'
import { Face } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'

/** One account: who it is, and every device on which it is signed in. */
export function PersonPanel({ person }: { person: StaffMember }) {
  const { administration, client } = useOffice()
  const panel = useRef<HTMLElement>(null)
  const load = useCallback(() => administration.devices(person.userId), [administration, person.userId])
  const { data: devices, failure, reload } = useLoaded(load)
  useEffect(() => panel.current?.focus({ preventScroll: true }), [])
  const close = () => go({ page: 'admin', section: 'people' })
  const end = async (device: StaffDevice) => {
    await administration.endDevice(person.userId, device.deviceId)
    tell(words.admin.ended)
    reload()
  }
  return (
    <aside className="side" aria-label={person.name} tabIndex={-1} ref={panel}>
      <div className="side-head">
        <IconButton icon={ChevronLeft} turn label={words.admin.closePerson} className="back" onPress={close} />
        <Face person={makePerson(person.userId, person.name, undefined, client.getDomain() ?? '')} size="big" />
        <div>
          <h2>{person.name}</h2>
          <p>{person.admin ? words.admin.administrator : words.admin.colleague}</p>
        </div>
        <span className="tools not-phone">
          <IconButton icon={X} label={words.admin.closePerson} onPress={close} />
        </span>
      </div>
      <div className="scroll">
        <section>
          <dl className="facts">
            <dt>{words.about.address}</dt>
            <dd className="exact">{person.userId}</dd>
            <dt>{words.admin.columns.since}</dt>
            <dd>{words.date(person.createdAt)}</dd>
          </dl>
        </section>
        <section>
          <h3>{words.admin.devices}</h3>
          {failure && <Notice tone="halt">{failure}</Notice>}
          {devices?.length === 0 && <p className="quiet">{words.admin.devicesNone}</p>}
          <ul>
            {devices?.map((device) => (
              <Device key={device.deviceId} device={device} person={person} onEnd={() => end(device)} />
            ))}
          </ul>
        </section>
      </div>
    </aside>
  )
}

type DeviceProps = { device: StaffDevice; person: StaffMember; onEnd(): Promise<void> }

function Device({ device, person, onEnd }: DeviceProps) {
  const dialogs = useDialogs()
  const name = device.name || words.me.unnamedDevice
  const confirm = (
    <FormDialog title={words.admin.endTitle(name, person.name)} button={words.admin.endButton} halt onSubmit={onEnd}>
      <p>{words.admin.endText}</p>
    </FormDialog>
  )
  return (
    <li className="device">
      <span>
        {name}
        <small>
          {device.lastSeenAt ? words.me.lastSeen(device.lastSeenAt) : words.me.neverSeen}
          {device.lastSeenIp && ` · ${words.admin.address(device.lastSeenIp)}`}
        </small>
      </span>
      <button
        type="button"
        className="btn little"
        aria-label={words.me.endDevice(name)}
        onClick={() => dialogs.show(confirm)}
      >
        {words.admin.endDevice}
      </button>
    </li>
  )
}
