import { useSyncExternalStore } from 'react'
import { formatRoute, parseRoute, type Route } from '../../models/route.ts'

let read: { hash: string; route: Route } | undefined

function current(): Route {
  const { hash } = location
  if (read?.hash !== hash) read = { hash, route: parseRoute(hash) }
  return read.route
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, current)

/** Goes somewhere; `replace` leaves no step to come back to. */
export function go(route: Route, { replace = false } = {}): void {
  const hash = formatRoute(route)
  if (hash === location.hash) return
  if (replace) location.replace(hash)
  else location.hash = hash
}
