import { LogOut } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import type { RoomModel } from '../../models/room.ts'
import { words } from '../../words/index.ts'
import { LeaveDialog } from '../dialogs/leave.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { Seal } from '../parts/seal.tsx'
import { useValue } from '../parts/use-value.ts'
import { SidePanel } from './side-panel.tsx'

/** What a room is called and about, who may join, how it is sealed, and the way out. */
export function AboutPanel({ model }: { model: RoomModel }) {
  const header = useValue(model.header)
  const dialogs = useDialogs()
  const attempt = (work: Promise<unknown>) => void work.catch((error: unknown) => tell(explain(error), 'halt'))
  return (
    <SidePanel back={{ page: 'room', roomId: model.id }} title={words.about.title} closeLabel={words.about.close}>
      <div className="scroll">
        {header.powers.rename || header.powers.topic ? (
          <NameAndTopic model={model} />
        ) : (
          <section>
            <h3>{words.about.topic}</h3>
            <p className={header.topic ? 'words' : 'quiet'}>{header.topic || words.about.noTopic}</p>
          </section>
        )}
        {!header.partner && (
          <section>
            <fieldset disabled={!header.powers.access} className="choices">
              <legend className="label">{words.about.access}</legend>
              {[false, true].map((open) => (
                <label key={String(open)} className="tick">
                  <input
                    type="radio"
                    name="access"
                    checked={header.open === open}
                    onChange={() => attempt(model.setOpen(open))}
                  />
                  {open ? words.about.accessOpen : words.about.accessInvited}
                </label>
              ))}
            </fieldset>
          </section>
        )}
        <section>
          <h3>{words.about.sealed}</h3>
          <p className="line strong">
            <Seal state={header.locked ? 'broken' : 'held'} />
            {header.locked ? words.room.lockedHere : words.room.sealedHere}
          </p>
          {!header.locked && <p className="small quiet">{words.about.sealedText}</p>}
        </section>
        <section>
          <h3>{words.about.address}</h3>
          <p className="exact">{model.id}</p>
        </section>
        <section>
          <label className="tick">
            <input
              type="checkbox"
              checked={header.favourite}
              onChange={(event) => attempt(model.setFavourite(event.target.checked))}
            />
            {words.about.favourite}
          </label>
        </section>
        <section>
          <button type="button" className="btn" onClick={() => dialogs.show(<LeaveDialog model={model} />)}>
            <Icon of={LogOut} turn />
            {words.about.leave}
          </button>
        </section>
      </div>
    </SidePanel>
  )
}

function NameAndTopic({ model }: { model: RoomModel }) {
  const header = useValue(model.header)
  // Undefined until it is typed in: what somebody else changes meanwhile is shown, and is not changed back.
  const [typedName, setTypedName] = useState<string>()
  const [typedTopic, setTypedTopic] = useState<string>()
  const name = typedName?.trim()
  const topic = typedTopic?.trim()
  const isRenamed = header.powers.rename && Boolean(name) && name !== header.name
  const isRetold = header.powers.topic && topic !== undefined && topic !== header.topic
  const changed = isRenamed || isRetold

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!changed) return
    try {
      if (isRenamed) await model.rename(name ?? '')
      if (isRetold) await model.setTopic(topic ?? '')
      setTypedName(undefined)
      setTypedTopic(undefined)
      tell(words.about.saved)
    } catch (error) {
      tell(explain(error), 'halt')
    }
  }

  return (
    <section>
      <form className="stack-y" onSubmit={save}>
        {!header.partner && (
          <Field
            label={words.about.name}
            value={typedName ?? header.name}
            onChange={setTypedName}
            disabled={!header.powers.rename}
            className="words"
          />
        )}
        <Field
          label={words.about.topic}
          value={typedTopic ?? header.topic}
          onChange={setTypedTopic}
          disabled={!header.powers.topic}
          className="words"
        />
        <button type="submit" className="btn" aria-disabled={!changed || undefined}>
          {words.about.save}
        </button>
      </form>
    </section>
  )
}
