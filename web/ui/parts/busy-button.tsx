import type { ComponentProps } from 'react'

type BusyButtonProps = ComponentProps<'button'> & { busy: boolean; busyLabel: string }

/** The act of a form. While it works it keeps its place and its focus, and says what it does. */
export function BusyButton({ busy, busyLabel, children, className = 'btn act', ...rest }: BusyButtonProps) {
  return (
    <button
      {...rest}
      className={className}
      aria-busy={busy}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
    >
      {busy ? (
        <>
          <span className="spin" />
          {busyLabel}
        </>
      ) : (
        children
      )}
    </button>
  )
}
