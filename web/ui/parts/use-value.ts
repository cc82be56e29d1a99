import { useSyncExternalStore } from 'react'
import type { Observable } from '../../models/value.ts'

/** The current state of a model, drawn again whenever it changes. */
export function useValue<T>(value: Observable<T>): T {
  return useSyncExternalStore(value.subscribe, value.get)
}
