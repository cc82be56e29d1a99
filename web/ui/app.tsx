import { Mark } from './parts/seal.tsx'

export function App() {
  return <Mark width="64" height="64" />
}
