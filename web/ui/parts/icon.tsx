import type { LucideIcon } from 'lucide-react'

type IconProps = {
  of: LucideIcon
  /** 15, 18 (plain), 24 or 40 px. */
  size?: 's' | 'l' | 'xl'
  /** Points somewhere in the line of reading, so it turns with it. */
  turn?: boolean
  className?: string
}

/** A drawing beside a word. It never says anything by itself, so it is hidden from screen readers. */
export function Icon({ of: Drawing, size, turn, className }: IconProps) {
  const classes = ['i', size, turn && 'turn', className].filter(Boolean).join(' ')
  return <Drawing className={classes} strokeWidth={1.75} aria-hidden="true" />
}
