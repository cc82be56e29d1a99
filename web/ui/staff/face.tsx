import { useEffect, useState } from 'react'
import type { ThumbnailSize } from '../../matrix/media.ts'
import type { Person } from '../../matrix/person.ts'
import { useOffice } from './office-context.ts'

/** A local address of a file on the server, once it is here; `failed` when it does not come. */
export function useMedia(
  mxc: string | undefined,
  thumbnail?: ThumbnailSize,
): { url: string | undefined; failed: boolean } {
  const { media } = useOffice()
  const [state, setState] = useState<{ url?: string; failed: boolean }>({ failed: false })
  const width = thumbnail?.width
  const height = thumbnail?.height
  useEffect(() => {
    if (!mxc) return
    let gone = false
    media
      .address(mxc, width && height ? { width, height } : undefined)
      .then((url) => !gone && setState({ url, failed: false }))
      .catch(() => !gone && setState({ failed: true }))
    return () => {
      gone = true
    }
  }, [media, mxc, width, height])
  return { url: mxc ? state.url : undefined, failed: state.failed }
}

/** A person's picture or initials. The shape says where she is from; her name always stands beside it. */
export function Face({ person, size }: { person: Person; size?: 'tiny' | 'big' }) {
  const { url } = useMedia(person.avatar, { width: 96, height: 96 })
  const classes = ['face', size, `f${person.tone}`, person.house && 'other'].filter(Boolean).join(' ')
  return (
    <span className={classes} aria-hidden="true">
      {url ? <img src={url} alt="" /> : person.initials}
    </span>
  )
}
