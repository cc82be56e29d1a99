import { words } from '../../words/index.ts'
import { FormDialog } from '../parts/dialog.tsx'

/** What the keyboard does. */
export function KeysDialog() {
  return (
    <FormDialog title={words.me.keysTitle}>
      <dl className="facts keys">
        {words.keys.map(([key, act]) => (
          <div key={`${key} ${act}`}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{act}</dd>
          </div>
        ))}
      </dl>
    </FormDialog>
  )
}
