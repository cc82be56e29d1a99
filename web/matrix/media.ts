import { serverUrl } from './http.ts'

/** A file's address in Matrix, taken apart and checked: a server name and an id can never climb out of their path. */
export function parseMxc(mxc: string): { server: string; id: string } | undefined {
  const found = /^mxc:\/\/([A-Za-z0-9.:[\]-]+)\/([A-Za-z0-9_-]+)$/.exec(mxc)
  return found?.[1] && found[2] && !found[1].includes('..') ? { server: found[1], id: found[2] } : undefined
}

export type ThumbnailSize = { width: number; height: number }

/** Fetches files with the session's token and lends them out as local addresses. */
export interface Media {
  /** A local `blob:` address of the file; kept until it is among the least lately used. */
  address(mxc: string, thumbnail?: ThumbnailSize): Promise<string>
  /** The file's bytes, for saving. */
  file(mxc: string, onProgress?: (part: number) => void, signal?: AbortSignal): Promise<Blob>
  close(): void
}

const keptMax = 200

export function createMedia(accessToken: string): Media {
  const kept = new Map<string, Promise<string>>()

  async function load(mxc: string, thumbnail?: ThumbnailSize, signal?: AbortSignal): Promise<Response> {
    const parsed = parseMxc(mxc)
    if (!parsed) throw new Error('This file has no valid address.')
    const path = `${encodeURIComponent(parsed.server)}/${parsed.id}`
    const query = thumbnail ? `?width=${thumbnail.width}&height=${thumbnail.height}&method=scale` : ''
    const address = `${serverUrl}/_matrix/client/v1/media/${thumbnail ? 'thumbnail' : 'download'}/${path}${query}`
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${accessToken}` },
      signal: signal ?? null,
      credentials: 'omit',
    })
    if (!response.ok) throw new Error(`The server answered ${response.status}.`)
    return response
  }

  async function loadAddress(mxc: string, thumbnail?: ThumbnailSize): Promise<string> {
    const response = await load(mxc, thumbnail).catch((error: unknown) => {
      // Not every server makes thumbnails of every picture; the picture itself always serves.
      if (thumbnail) return load(mxc)
      throw error
    })
    return URL.createObjectURL(await response.blob())
  }

  function forgetOldest(): void {
    while (kept.size > keptMax) {
      const [key, address] = kept.entries().next().value as [string, Promise<string>]
      kept.delete(key)
      void address.then((url) => URL.revokeObjectURL(url)).catch(() => undefined)
    }
  }

  return {
    address(mxc, thumbnail) {
      const key = thumbnail ? `${mxc} ${thumbnail.width}x${thumbnail.height}` : mxc
      const known = kept.get(key)
      if (known) {
        kept.delete(key)
        kept.set(key, known)
        return known
      }
      const loading = loadAddress(mxc, thumbnail)
      kept.set(key, loading)
      loading.catch(() => kept.delete(key))
      forgetOldest()
      return loading
    },
    async file(mxc, onProgress, signal) {
      const response = await load(mxc, undefined, signal)
      const total = Number(response.headers.get('content-length') ?? 0)
      if (!response.body || !onProgress || total === 0) return response.blob()
      const parts: Uint8Array<ArrayBuffer>[] = []
      let received = 0
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
        parts.push(part)
        received += part.byteLength
        onProgress(received / total)
      }
      return new Blob(parts, { type: response.headers.get('content-type') ?? '' })
    },
    close() {
      for (const address of kept.values()) void address.then((url) => URL.revokeObjectURL(url)).catch(() => undefined)
      kept.clear()
    },
  }
}
