import { createRoot } from 'react-dom/client'
import { startLook } from '../models/preferences.ts'
import { words } from '../words/index.ts'
import { App } from './app.tsx'
import './style/fonts.ts'
import './style/index.css'

startLook()
document.documentElement.lang = words.language
document.documentElement.dir = words.direction
createRoot(document.getElementById('root') as HTMLElement).render(<App />)
