import type { IMyDevice } from 'matrix-js-sdk'
import { useCallback, useState } from 'react'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { PasswordField } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useOffice } from '../staff/office-context.ts'

const nameOf = (device: IMyDevice): string => device.display_name || words.me.unnamedDevice

/** Wherever one is signed in, and the way to end what one does not know. */
export function DevicesDialog() {
  const office = useOffice()
  const { data: devices, failure, reload } = useLoaded(useCallback(() => office.devices(), [office]))
  const [ending, setEnding] = useState<IMyDevice>()
  const [password, setPassword] = useState('')

  async function end(): Promise<boolean> {
    if (!ending) return true
    await office.endDevice(ending.device_id, password)
    tell(words.me.ended(nameOf(ending)))
    setEnding(undefined)
    setPassword('')
    reload()
    return false
  }

  const confirm = ending ? { button: words.me.endConfirm, halt: true, onSubmit: end } : {}
  return (
    <FormDialog title={words.me.devicesTitle} {...confirm}>
      <p className="quiet">{words.me.devicesText}</p>
      {failure && <Notice tone="halt">{failure}</Notice>}
      <ul>
        {devices?.map((device) => (
          <li key={device.device_id} className="device">
            <span>
              {nameOf(device)}
              <small>
                {device.device_id === office.session.deviceId ? `${words.me.thisDevice} · ` : ''}
                {device.last_seen_ts ? words.me.lastSeen(device.last_seen_ts) : words.me.neverSeen}
              </small>
            </span>
            {device.device_id !== office.session.deviceId && (
              <button
                type="button"
                className="btn little"
                aria-label={words.me.endDevice(nameOf(device))}
                aria-pressed={ending?.device_id === device.device_id}
                onClick={() => setEnding(device)}
              >
                {words.me.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      {ending && (
        <PasswordField
          label={words.me.endPassword}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          autoFocus
        />
      )}
    </FormDialog>
  )
}
