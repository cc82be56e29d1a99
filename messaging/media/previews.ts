import {
  type Clock,
  KeyUnavailable,
  type Logger,
  limits,
  type Outbound,
  OutboundFailed,
  type Postgres,
  refuse,
  type Sandbox,
  SandboxFailed,
  SealBroken,
  type Vault,
} from '#platform/api.ts'
import {
  forgetUrlPreviewsBefore,
  sealedUrlPreview,
  unusedPreviewPictures,
  upsertUrlPreview,
} from '../store/url-previews.ts'
import type { Media } from './media.ts'
import { hostRule } from './preview-hosts.ts'
import { type FetchedPage, fetchPage } from './preview-page.ts'
import type { MediaSettings } from './settings.ts'

type Deps = {
  postgres: Postgres
  vault: Pick<Vault, 'lookupHash' | 'serverKey'>
  outbound: Pick<Outbound, 'request'>
  sandbox: Pick<Sandbox, 'readPage' | 'shrink'>
  media: Pick<Media, 'keepPicture' | 'discard'>
  clock: Clock
  logger: Logger
  settings: MediaSettings
  serverName: string
}

/** OpenGraph properties, with `matrix:image:size`; empty where a page says nothing, or cannot be had. */
export type Preview = Readonly<Record<string, string | number>>

const purpose = 'url_preview'
const urlLengthMax = 4_096
const picturesRemovedAtOnce = 100

/**
 * What pages say of themselves, fetched when somebody asks and kept for a while. A page that cannot be had is answered
 * like one that says nothing, whatever the reason: everything else would tell strangers about the network inside.
 */
export class Previews {
  readonly #deps: Deps
  readonly #isWanted: (hostname: string) => boolean
  /** By hash; who asks while a page is fetched gets the same. */
  readonly #fetching = new Map<string, Promise<Preview>>()
  readonly #stopping = new AbortController()

  constructor(deps: Deps) {
    this.#deps = deps
    this.#isWanted = hostRule(deps.settings)
  }

  async of(address: string): Promise<Preview> {
    const { clock, postgres, settings, vault } = this.#deps
    if (!settings.urlPreviews) {
      throw refuse('M_NOT_FOUND', 'This server makes no previews of links. Open the link itself.')
    }
    const url = this.#checked(address)
    const hash = vault.lookupHash(purpose, url)
    const known = await sealedUrlPreview(postgres, hash, clock.nowMs())
    const opened = known === undefined ? undefined : await this.#opened(hash, known.sealed)
    if (opened !== undefined) return opened
    const key = hash.toString('base64')
    const under = this.#fetching.get(key)
    if (under !== undefined) return under
    if (this.#fetching.size >= limits.previewsAtOnceMax) {
      throw refuse('M_LIMIT_EXCEEDED', 'Too many links are being looked at. Try again in a moment.', {
        fields: { retry_after_ms: limits.previewRetryMs },
      })
    }
    const fetched = this.#fetch(url, hash).finally(() => this.#fetching.delete(key))
    this.#fetching.set(key, fetched)
    return fetched
  }

  /** Forgets what has served its time: pages, and pictures that are in no preview any more. */
  async forgetOld(): Promise<number> {
    const { clock, media, postgres } = this.#deps
    const ts = clock.nowMs() - limits.previewKeptMs
    const forgotten = await forgetUrlPreviewsBefore(postgres, ts)
    for (;;) {
      const ids = await unusedPreviewPictures(postgres, ts, picturesRemovedAtOnce)
      if (ids.length === 0) return forgotten
      await media.discard(ids)
    }
  }

  /** Leaves off fetching, and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await Promise.allSettled(this.#fetching.values())
  }

  /** Without its fragment, which is nobody's business but the browser's. */
  #checked(address: string): string {
    const url = address.length > urlLengthMax ? null : URL.parse(address)
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
      throw refuse('M_INVALID_PARAM', 'The parameter url must be a web address that begins with https:// or http://.')
    }
    if (!this.#isWanted(url.hostname)) {
      throw refuse('M_FORBIDDEN', 'This server makes no previews of pages there. Open the link itself.')
    }
    url.hash = ''
    return url.href
  }

  async #fetch(url: string, hash: Buffer): Promise<Preview> {
    const { clock, logger } = this.#deps
    const fetchedTs = clock.nowMs()
    const page = await fetchPage({ ...this.#deps, isWanted: this.#isWanted }, url, this.#stopping.signal).catch(
      (error: unknown) => {
        if (!(error instanceof OutboundFailed || error instanceof SandboxFailed)) throw this.#stopped(error)
        logger.debug('media.preview_failed', { state: error.failure })
        return undefined
      },
    )
    const mediaId = page?.picture === undefined ? null : await this.#keepPicture(page)
    const preview = previewOf(page, mediaId === null ? undefined : `mxc://${this.#deps.serverName}/${mediaId}`)
    const keptMs = page === undefined ? limits.previewFailureMs : limits.previewFreshMs
    await this.#keep(hash, preview, { mediaId, fetchedTs, expiresTs: fetchedTs + keptMs })
    return preview
  }

  #stopped(error: unknown): unknown {
    if (!this.#stopping.signal.aborted) return error
    return refuse('CHANCERY_STOPPING', 'The server is stopping. Try again in a moment.')
  }

  /** Where the server has no room left, the words come without the picture. */
  async #keepPicture({ picture }: FetchedPage): Promise<string | null> {
    try {
      return await this.#deps.media.keepPicture(picture!.bytes, picture!.contentType)
    } catch (error) {
      this.#deps.logger.warn('media.preview_picture_not_kept', { error })
      return null
    }
  }

  async #keep(
    hash: Buffer,
    preview: Preview,
    row: { mediaId: string | null; fetchedTs: number; expiresTs: number },
  ): Promise<void> {
    const key = await this.#deps.vault.serverKey(purpose)
    const sealed = key.seal(purpose, hash.toString('hex'), Buffer.from(JSON.stringify(preview)))
    await upsertUrlPreview(this.#deps.postgres, { hash, sealed, ...row })
  }

  /** What was altered is as good as absent: it can be fetched again. */
  async #opened(hash: Buffer, sealed: Buffer): Promise<Preview | undefined> {
    try {
      const key = await this.#deps.vault.serverKey(purpose)
      return JSON.parse(key.open(purpose, hash.toString('hex'), sealed).toString('utf8')) as Preview
    } catch (error) {
      if (error instanceof SealBroken || error instanceof KeyUnavailable) return undefined
      throw error
    }
  }
}

function previewOf(page: FetchedPage | undefined, uri: string | undefined): Preview {
  const { picture, properties = {} } = page ?? {}
  if (picture === undefined || uri === undefined) return properties
  return {
    ...properties,
    'og:image': uri,
    'og:image:type': picture.contentType,
    'og:image:width': picture.width,
    'og:image:height': picture.height,
    'matrix:image:size': picture.bytes.length,
  }
}
