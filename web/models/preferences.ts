import { Value } from './value.ts'

export type Theme = 'system' | 'light' | 'dark' | 'contrast'
export type Density = 'compact' | 'regular' | 'roomy'
export type Reading = 'serif' | 'sans'
export type Look = {
  theme: Theme
  density: Density
  reading: Reading
  /** Tell on the desktop what is for this person while she looks elsewhere. */
  desktop: boolean
}

const storageKey = 'chancery.look'
const plain: Look = { theme: 'system', density: 'regular', reading: 'serif', desktop: false }

function read(): Look {
  try {
    return { ...plain, ...(JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Look>) }
  } catch {
    return plain
  }
}

function set(root: HTMLElement, name: string, value: string | undefined): void {
  if (value) root.dataset[name] = value
  else delete root.dataset[name]
}

function apply(look: Look): void {
  const root = document.documentElement
  set(root, 'theme', look.theme === 'system' ? undefined : look.theme)
  set(root, 'density', look.density === 'regular' ? undefined : look.density)
  set(root, 'reading', look.reading === 'sans' ? 'sans' : undefined)
}

/** How this person wants the client to look on this device. A choice of one's own beats the system's. */
export const look = new Value<Look>(plain)

export function startLook(): void {
  look.set(read())
  apply(look.get())
  look.subscribe(() => {
    apply(look.get())
    localStorage.setItem(storageKey, JSON.stringify(look.get()))
  })
}
