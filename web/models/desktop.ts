import { look } from './preferences.ts'

/** Whether this browser can show anything on the desktop at all. */
export const desktopPossible = (): boolean => 'Notification' in globalThis

/** Turns notices on the desktop on or off. False when the browser or its user does not allow them. */
export async function setDesktop(wanted: boolean): Promise<boolean> {
  const allowed = !wanted || (desktopPossible() && (await Notification.requestPermission()) === 'granted')
  look.update((now) => ({ ...now, desktop: wanted && allowed }))
  return allowed
}

/**
 * Says on the desktop that something is for this person, while no window of the client has her attention. It names who
 * and where and never the words: a desktop is read by whoever walks past.
 */
export function tellDesktop(text: string, room: string, onOpen: () => void, roomId: string): void {
  if (document.hasFocus() || !look.get().desktop || !desktopPossible() || Notification.permission !== 'granted') return
  const notice = new Notification(text, { body: room, tag: roomId, silent: false })
  notice.onclick = () => {
    globalThis.focus()
    notice.close()
    onOpen()
  }
}
