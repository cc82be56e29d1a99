import { useCallback, useEffect, useRef, useState } from 'react'
import { explain } from '../../models/failure.ts'

/**
 * What a page shows that is asked for when it opens, and again by `reload`. The newest question counts: an answer that
 * is overtaken is dropped, and one that comes clears the failure before it.
 */
export function useLoaded<T>(load: () => Promise<T>): {
  data: T | undefined
  failure: string | undefined
  reload(): void
} {
  const [state, setState] = useState<{ data: T | undefined; failure: string | undefined }>({
    data: undefined,
    failure: undefined,
  })
  const asked = useRef(0)
  const reload = useCallback(() => {
    asked.current += 1
    const question = asked.current
    load().then(
      (data) => question === asked.current && setState({ data, failure: undefined }),
      (error: unknown) =>
        question === asked.current && setState((before) => ({ data: before.data, failure: explain(error) })),
    )
  }, [load])
  useEffect(() => {
    reload()
    return () => {
      asked.current += 1
    }
  }, [reload])
  return { ...state, reload }
}
