import type { KeyboardEvent } from 'react'
import type { ComposerModel } from '../../models/composer.ts'
import type { TimelineModel } from '../../models/timeline.ts'

type ComposerKeysOptions = {
  composer: ComposerModel
  timeline: TimelineModel
  onMentionKey(event: KeyboardEvent): boolean
  onBold(): void
}

/** What the keys do in the field: send, leave a mode, edit one's last words, bold. */
export function useComposerKeys({ composer, timeline, onMentionKey, onBold }: ComposerKeysOptions) {
  function editLast(): boolean {
    if (composer.draft.get().text !== '' || composer.mode.get().kind !== 'new') return false
    const last = timeline.lastOwn()
    if (last) composer.edit(last.id, timeline.event(last.id)?.getContent() ?? {})
    return last !== undefined
  }

  function leaveMode(): boolean {
    if (composer.mode.get().kind === 'new') return false
    composer.stopMode()
    return true
  }

  function act(event: KeyboardEvent): boolean {
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey || event.altKey) return false
        composer.send()
        return true
      case 'Escape':
        return leaveMode()
      case 'ArrowUp':
        return editLast()
      case 'b':
        if (event.ctrlKey || event.metaKey) onBold()
        return event.ctrlKey || event.metaKey
      default:
        return false
    }
  }

  return (event: KeyboardEvent): void => {
    // While an input method composes a letter, its keys are its own.
    if (event.nativeEvent.isComposing || onMentionKey(event)) return
    if (act(event)) event.preventDefault()
  }
}
