import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Menu, MenuItem, MenuTrigger, Popover, type PopoverProps } from 'react-aria-components'
import { Icon } from './icon.tsx'

type ActMenuProps = {
  label: string
  trigger: ReactNode
  children: ReactNode
  head?: ReactNode
  placement?: PopoverProps['placement']
  onOpenChange?(open: boolean): void
}

/** A button with a list of acts. */
export function ActMenu({ label, trigger, children, head, placement = 'bottom end', onOpenChange }: ActMenuProps) {
  return (
    <MenuTrigger {...(onOpenChange ? { onOpenChange } : {})}>
      {trigger}
      <Popover placement={placement} offset={4} className="menu-box">
        {head}
        <Menu className="menu" aria-label={label}>
          {children}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

type ActProps = {
  icon?: LucideIcon
  turn?: boolean
  children: string
  shortcut?: string
  halt?: boolean
  onAct(): void
}

export function Act({ icon, turn, children, shortcut, halt, onAct }: ActProps) {
  return (
    <MenuItem className={halt ? 'halt' : ''} onAction={onAct} textValue={children}>
      {icon && <Icon of={icon} turn={turn ?? false} />}
      {children}
      {shortcut && <kbd>{shortcut}</kbd>}
    </MenuItem>
  )
}
