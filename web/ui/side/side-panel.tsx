import { ChevronLeft, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Route } from '../../models/route.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { go } from '../parts/use-route.ts'
import { isInside } from '../room/line-key.ts'

type SidePanelProps = {
  /** Where one is without it. */
  back: Route
  title: string
  about?: string
  closeLabel: string
  children: ReactNode
}

/** A pane beside the sheet. On narrow windows it lies over it: the focus moves in, and comes back when it closes. */
export function SidePanel({ back, title, about, closeLabel, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null)
  const close = () => go(back)

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    panel.current?.focus({ preventScroll: true })
    return () => {
      if (panel.current?.contains(document.activeElement) || document.activeElement === document.body) before?.focus()
    }
  }, [])

  return (
    <aside
      className="side"
      ref={panel}
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented && isInside(event)) close()
      }}
    >
      <div className="side-head">
        <IconButton icon={ChevronLeft} turn label={closeLabel} className="back" onPress={close} />
        <div>
          <h2>{title}</h2>
          {about && <p>{about}</p>}
        </div>
        <span className="tools not-phone">
          <IconButton icon={X} label={closeLabel} onPress={close} />
        </span>
      </div>
      {children}
    </aside>
  )
}
