import { Smile } from 'lucide-react'
import { memo } from 'react'
import { Button, Dialog, DialogTrigger, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'

/** The signs that people add to words most often; every other comes from the keyboard of one's own system. */
export const EmojiPicker = memo(function EmojiPicker({ onPick }: { onPick(emoji: string): void }) {
  return (
    <DialogTrigger>
      <Button className="btn bare icon little" aria-label={words.composer.emoji}>
        <Icon of={Smile} />
      </Button>
      <Popover placement="top start" offset={4} className="menu-box">
        <Dialog className="emoji" aria-label={words.composer.emoji}>
          {({ close }) => (
            <ListBox
              aria-label={words.composer.emoji}
              layout="grid"
              autoFocus
              onAction={(key) => {
                close()
                onPick(String(key))
              }}
            >
              {words.emoji.map(([sign, name]) => (
                <ListBoxItem key={sign} id={sign} textValue={name} aria-label={name}>
                  {sign}
                </ListBoxItem>
              ))}
            </ListBox>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
})
