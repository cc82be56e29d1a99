import { useEffect, useId, useState } from 'react'
import type { WholeTalk } from '../../matrix/desk.ts'
import type { Person } from '../../matrix/person.ts'
import { tell } from '../../models/notices.ts'
import { answers } from '../../models/room-list.ts'
import type { TalkModel } from '../../models/talk.ts'
import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Face } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'

/** Chooses the colleague who goes on with a conversation. */
export function HandOverDialog({ model, whole }: { model: TalkModel; whole: WholeTalk }) {
  const { desk } = useOffice()
  const [staff, setStaff] = useState<readonly Person[]>()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [isMissing, setMissing] = useState(false)
  const id = useId()
  useEffect(() => {
    let gone = false
    void desk.colleagues(whole.queue).then((found) => !gone && setStaff(found))
    return () => {
      gone = true
    }
  }, [desk, whole.queue])
  const found = (staff ?? []).filter((person) => person.id === chosen || answers(person.name, typed))

  async function submit(): Promise<boolean> {
    const to = chosen ?? (found.length === 1 ? found[0]?.id : undefined)
    const person = found.find((one) => one.id === to)
    if (!person) {
      setMissing(true)
      return false
    }
    await model.handOver(person.id)
    tell(words.desk.handedOver(person.name))
    return true
  }

  return (
    <FormDialog title={words.desk.handOverTitle(whole.name)} button={words.desk.handOverButton} onSubmit={submit}>
      <p>{words.desk.handOverText}</p>
      <Field
        label={words.desk.handOverField}
        value={typed}
        onChange={setTyped}
        autoFocus
        autoComplete="off"
        error={isMissing && chosen === undefined ? words.desk.handOverChoose : undefined}
      />
      <div className="found" role="radiogroup" aria-label={words.desk.handOverField}>
        {found.map((person) => (
          <label key={person.id} className="person-row">
            <Face person={person} />
            <span className="n">
              {person.name}
              <small className="exact">{person.id}</small>
            </span>
            <span className="tick">
              <input type="radio" name={id} checked={person.id === chosen} onChange={() => setChosen(person.id)} />
            </span>
          </label>
        ))}
      </div>
      {staff?.length === 0 && <Notice tone="note">{words.desk.handOverNobody}</Notice>}
    </FormDialog>
  )
}
