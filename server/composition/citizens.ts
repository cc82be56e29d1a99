import { buffer } from 'node:stream/consumers'
import { type CitizensDeps, createCitizens, createDeskGuard, type RoomFiles } from '#engagement/index.ts'
import type { Messaging } from '#messaging/index.ts'
import { composeChannels } from './channels.ts'
import type { ChanceryDeps } from './platform.ts'
import { loadSigningKey } from './signing-key.ts'

/** Channels, and whom we know: what rooms ask before they accept a word to a citizen. */
export async function composeCitizens<Parts extends Omit<CitizensDeps, 'channels' | 'receiptKey'>>(
  deps: ChanceryDeps,
  parts: Parts,
) {
  const { channels, providers } = composeChannels(deps, parts)
  const receiptKey = await loadSigningKey('consent-receipts', parts)
  const whole = { ...parts, channels, receiptKey }
  const citizens = await createCitizens(whole)
  const { serverName } = deps.settings
  const guard = createDeskGuard({ ...parts, agencies: parts.staff, ways: citizens.replyWays, serverName })
  return { ...whole, providers, citizens, guard }
}

/** What sends need of rooms and pages: files to carry along, and where links lead. */
export function citizenPlaces(media: Pick<Messaging['media'], 'find' | 'read'>, settings: ChanceryDeps['settings']) {
  return { files: roomFiles(media, settings.serverName), links: citizenLinks(settings.publicUrl) }
}

/** Where the pages of citizens are, below the public URL. */
function citizenLinks(publicUrl: string) {
  return {
    inbox: (publicId: string) => `${publicUrl}/c/i/${publicId}`,
    unsubscribe: (attempt: string) => `${publicUrl}/c/u/${attempt}`,
  }
}

/** Files of rooms for whoever carries them to citizens. Only what lies here; others' files are not fetched for that. */
function roomFiles(media: Pick<Messaging['media'], 'find' | 'read'>, serverName: string): RoomFiles {
  const prefix = `mxc://${serverName}/`
  return {
    async read(url) {
      const file = url.startsWith(prefix) ? await media.find(url.slice(prefix.length)) : undefined
      if (file === undefined) return undefined
      const stream = await media.read(file, { start: 0, end: file.sizeBytes - 1 })
      return { bytes: await buffer(stream), type: file.contentType }
    },
  }
}
