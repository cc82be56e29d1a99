import type { Blobs, Clock, Limits, Logger, Outbound, Postgres, Random, Sandbox, Vault } from '#platform/api.ts'
import { Media } from './media.ts'
import { Previews } from './previews.ts'
import { Quotas } from './quotas.ts'
import { type MediaSettings, usualMediaSettings } from './settings.ts'
import { Thumbnails } from './thumbnails.ts'

export type MediaDeps = {
  readonly postgres: Postgres
  readonly vault: Vault
  readonly blobs: Blobs
  readonly sandbox: Sandbox
  readonly outbound: Outbound
  readonly serverName: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly limits: Limits
  readonly mediaSettings: Partial<MediaSettings>
}

export type MediaParts = { readonly media: Media; readonly thumbnails: Thumbnails; readonly previews: Previews }

export function createMediaParts(deps: MediaDeps): MediaParts {
  const settings = { ...usualMediaSettings, ...deps.mediaSettings }
  const quotas = new Quotas(settings)
  const media = new Media({ ...deps, settings, quotas })
  const thumbnails = new Thumbnails({ ...deps, media, quotas })
  const previews = new Previews({ ...deps, media, settings })
  return { media, thumbnails, previews }
}
