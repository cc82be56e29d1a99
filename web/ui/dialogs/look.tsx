import { useState } from 'react'
import { setDesktop } from '../../models/desktop.ts'
import type { Look } from '../../models/preferences.ts'
import { look } from '../../models/preferences.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import { useValue } from '../parts/use-value.ts'

type ChoiceName = 'theme' | 'density' | 'reading'
type Choice<K extends ChoiceName> = { name: K; label: string; options: Record<Look[K], string> }

function Choices<K extends ChoiceName>({ name, label, options }: Choice<K>) {
  const chosen = useValue(look)
  return (
    <fieldset className="choices">
      <legend className="label">{label}</legend>
      {(Object.entries(options) as [Look[K], string][]).map(([value, text]) => (
        <label key={value} className="tick">
          <input
            type="radio"
            name={name}
            checked={chosen[name] === value}
            onChange={() => look.set({ ...chosen, [name]: value })}
          />
          {text}
        </label>
      ))}
    </fieldset>
  )
}

/** Theme, density and the voice of words on this device. What is chosen holds at once. */
export function LookDialog() {
  return (
    <FormDialog title={words.me.lookTitle}>
      <Choices name="theme" label={words.me.theme} options={words.me.themes} />
      <Choices name="density" label={words.me.density} options={words.me.densities} />
      <Choices name="reading" label={words.me.reading} options={words.me.readings} />
      <Desktop />
    </FormDialog>
  )
}

function Desktop() {
  const { desktop } = useValue(look)
  const [refused, setRefused] = useState(false)
  return (
    <fieldset className="choices">
      <legend className="label">{words.me.desktop}</legend>
      <label className="tick">
        <input
          type="checkbox"
          checked={desktop}
          onChange={async (event) => setRefused(!(await setDesktop(event.target.checked)))}
        />
        <span>
          {words.me.desktopTell}
          <small>{words.me.desktopHint}</small>
        </span>
      </label>
      {refused && <Notice tone="wait">{words.me.desktopRefused}</Notice>}
    </fieldset>
  )
}
