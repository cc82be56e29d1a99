import { createRoot } from 'react-dom/client'
import { startLook } from '../models/preferences.ts'
import { words } from '../words/index.ts'
import { App } from './app.tsx'
import './style/fonts.ts'
import './style/index.css'

// After an update of the server the files that this page would still fetch are gone: the new page has its own.
addEventListener('vite:preloadError', (event) => {
  const key = 'chancery.look.reloaded'
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000) return
  event.preventDefault()
  sessionStorage.setItem(key, String(Date.now()))
  location.reload()
})
startLook()
document.documentElement.lang = words.language
document.documentElement.dir = words.direction
createRoot(document.getElementById('root') as HTMLElement).render(<App />)
