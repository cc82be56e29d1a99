import type { Access } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import type { MediaParts } from '../media/parts.ts'
import type { Memberships } from '../rooms/memberships.ts'
import { createContent } from './create-content.ts'
import { deleteMedia } from './delete-media.ts'
import { getConfigAuthed } from './get-config-authed.ts'
import { getContent, getContentOverrideName, getContentThumbnail } from './get-content.ts'
import { getContentAuthed, getContentOverrideNameAuthed } from './get-content-authed.ts'
import { getContentThumbnailAuthed } from './get-content-thumbnail-authed.ts'
import { getUrlPreviewAuthed } from './get-url-preview-authed.ts'
import { uploadContent, uploadContentToMXC } from './upload-content.ts'

/** Files, their thumbnails, and previews of links. */
export function mediaRoutes(
  deps: MediaParts & { readonly access: Access; readonly memberships: Memberships; readonly serverName: string },
): Route[] {
  return [
    uploadContent(deps),
    uploadContentToMXC(deps),
    createContent(deps),
    getContentAuthed(deps),
    getContentOverrideNameAuthed(deps),
    getContentThumbnailAuthed(deps),
    getConfigAuthed(deps),
    getUrlPreviewAuthed(deps),
    getContent(deps),
    getContentOverrideName(deps),
    getContentThumbnail(deps),
    deleteMedia(deps),
  ]
}
