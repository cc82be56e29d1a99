import type { IMyDevice } from 'matrix-js-sdk'
import { useCallback, useEffect, useState } from 'react'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { PasswordField } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { useOffice } from '../staff/office-context.ts'

const nameOf = (device: IMyDevice): string => device.display_name || words.me.unnamedDevice

/** Wherever one is signed in, and the way to end what one does not know. */
export function DevicesDialog() {
  const office = useOffice()
  const [devices, setDevices] = useState<IMyDevice[]>()
  const [failure, setFailure] = useState<string>()
  const [ending, setEnding] = useState<IMyDevice>()
  const [password, setPassword] = useState('')

  const load = useCallback(() => {
    office
      .devices()
      .then(setDevices)
      .catch((error: unknown) => setFailure(explain(error)))
  }, [office])
  useEffect(load, [load])

  async function end(): Promise<boolean> {
    if (!ending) return true
    await office.endDevice(ending.device_id, password)
    tell(words.me.ended(nameOf(ending)))
    setEnding(undefined)
    setPassword('')
    load()
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
