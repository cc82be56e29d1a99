import { createRoot } from 'react-dom/client'
import './style/fonts.ts'
import './style/index.css'
import { App } from './app.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(<App />)
