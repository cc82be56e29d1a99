import type { LucideIcon } from 'lucide-react'
import { Button, type ButtonProps, Tooltip, TooltipTrigger } from 'react-aria-components'
import { Icon } from './icon.tsx'

type IconButtonProps = Omit<ButtonProps, 'children' | 'className'> & {
  label: string
  icon: LucideIcon
  little?: boolean
  turn?: boolean
  className?: string
  /** Whether it can be reached with Tab; what stands in a list is reached through its row. */
  tab?: boolean
  pressed?: boolean
}

/** A button that is only a drawing. Its name is spoken, and shown to who rests on it. */
export function IconButton({
  label,
  icon,
  little,
  turn,
  className = '',
  tab = true,
  pressed,
  ...rest
}: IconButtonProps) {
  return (
    <TooltipTrigger delay={600} closeDelay={60}>
      <Button
        {...rest}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        aria-label={label}
        excludeFromTabOrder={!tab}
        className={`btn bare icon ${little ? 'little' : ''} ${className}`}
      >
        <Icon of={icon} turn={turn ?? false} />
      </Button>
      <Tooltip className="tip" offset={4}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  )
}
