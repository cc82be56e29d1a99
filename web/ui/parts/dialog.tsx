import { createContext, type FormEvent, type ReactNode, useContext, useEffect, useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { explain } from '../../models/failure.ts'
import { words } from '../../words/index.ts'
import { BusyButton } from './busy-button.tsx'
import { Notice } from './notice.tsx'

type Dialogs = { show(dialog: ReactNode): void; close(): void }
const DialogsContext = createContext<Dialogs>({ show: () => undefined, close: () => undefined })

/** Where dialogs of the signed-in part are shown, one at a time. */
export function DialogHost({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<ReactNode>()
  const [dialogs] = useState<Dialogs>(() => ({ show: setShown, close: () => setShown(undefined) }))
  return (
    <DialogsContext value={dialogs}>
      {children}
      {shown}
    </DialogsContext>
  )
}

export const useDialogs = (): Dialogs => useContext(DialogsContext)

/** The focus goes back to where it was; where that is gone, to the sheet. */
function useFocusAfterwards(): void {
  useEffect(
    () => () => {
      // The dialog itself gives it back in the next frame.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (document.activeElement === document.body) document.getElementById('sheet')?.focus({ preventScroll: true })
        }),
      )
    },
    [],
  )
}

type FormDialogProps = {
  title: string
  children: ReactNode
  /** The act, named by what it does; absent when the dialog only shows something. */
  button?: string
  busyLabel?: string
  cancel?: string
  halt?: boolean
  wide?: boolean
  disabled?: boolean
  /** Does the act. The dialog closes when it resolves, unless it resolves to `false`; a rejection is explained in it. */
  onSubmit?(): Promise<unknown> | unknown
}

/** A dialog with at most one act. It takes the focus to its first field or safe button, and gives it back. */
export function FormDialog(props: FormDialogProps) {
  const { title, children, button, busyLabel, cancel = words.cancel, halt, wide, disabled, onSubmit } = props
  const { close } = useDialogs()
  useFocusAfterwards()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    event.stopPropagation()
    if (busy || disabled) return
    setBusy(true)
    setFailure(undefined)
    try {
      if ((await onSubmit?.()) !== false) close()
    } catch (error) {
      setFailure(explain(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && close()} className="veil">
      <Modal className={wide ? 'dialog wide' : 'dialog'}>
        <Dialog>
          <form onSubmit={submit} noValidate>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <div className="body">
              {children}
              {failure && <Notice tone="halt">{failure}</Notice>}
            </div>
            <footer>
              <button type="button" className="btn" onClick={close}>
                {button ? cancel : words.close}
              </button>
              {button && (
                <BusyButton
                  type="submit"
                  className={halt ? 'btn halt' : 'btn act'}
                  busy={busy}
                  busyLabel={busyLabel ?? button}
                  aria-disabled={disabled || undefined}
                >
                  {button}
                </BusyButton>
              )}
            </footer>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
