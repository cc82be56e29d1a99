import { type RefObject, useCallback, useEffect } from 'react'
import type { ComposerModel } from '../../models/composer.ts'

type Field = RefObject<HTMLTextAreaElement | null>

/** Grows the field with its words where the browser cannot do it by itself. */
export function useGrowing(field: Field, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height depends on the text.
  useEffect(() => {
    const box = field.current
    if (!box || CSS.supports('field-sizing', 'content')) return
    box.style.blockSize = 'auto'
    box.style.blockSize = `${box.scrollHeight}px`
  }, [field, text])
}

/** Changes at the caret. They stay the same while one writes, so the tools are not drawn again with every letter. */
export function useComposerText(composer: ComposerModel, field: Field) {
  const write = useCallback(
    (text: string, caret: number) => {
      composer.write(text)
      requestAnimationFrame(() => {
        field.current?.focus()
        field.current?.setSelectionRange(caret, caret)
      })
    },
    [composer, field],
  )
  const bold = useCallback(() => {
    const box = field.current
    if (!box) return
    const { selectionStart: from, selectionEnd: to, value } = box
    const mark = '**'
    const caret = from === to ? to + mark.length : to + 2 * mark.length
    write(`${value.slice(0, from)}${mark}${value.slice(from, to)}${mark}${value.slice(to)}`, caret)
  }, [field, write])
  const insert = useCallback(
    (sign: string) => {
      const box = field.current
      if (!box) return
      const { selectionStart: from, selectionEnd: to, value } = box
      write(value.slice(0, from) + sign + value.slice(to), from + sign.length)
    },
    [field, write],
  )
  const beginMention = useCallback(() => {
    const box = field.current
    if (!box) return
    const before = box.value[box.selectionStart - 1]
    insert(before === undefined || /\s/.test(before) ? '@' : ' @')
  }, [field, insert])
  return { write, bold, insert, beginMention }
}
