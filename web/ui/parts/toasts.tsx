import { dismiss, notices, spoken } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { useValue } from './use-value.ts'

/** Short notes above the page. */
export function Toasts() {
  const shown = useValue(notices)
  return (
    <div className="toasts" role="status">
      {shown.map((notice) => (
        <div key={notice.id} className={`toast ${notice.tone}`}>
          <span>{notice.text}</span>
          <button type="button" onClick={() => dismiss(notice.id)}>
            {words.close}
          </button>
        </div>
      ))}
    </div>
  )
}

/** What a screen reader says by itself: counts when there is a pause, mentions at once. */
export function Spoken() {
  const { text, urgent } = useValue(spoken)
  return (
    <>
      <div className="sr" role="status">
        {urgent ? '' : text}
      </div>
      <div className="sr" role="alert">
        {urgent ? text : ''}
      </div>
    </>
  )
}
