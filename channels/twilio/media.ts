/** Pictures and the like that came with a message: https://www.twilio.com/docs/messaging/api/media-resource */
import { limits, type Outbound, OutboundFailed } from '#platform/api.ts'
import type { InboundFile } from '../api.ts'

export type MediaPlace = { readonly url: string; readonly type: string }

type Asker = {
  readonly outbound: Outbound
  readonly origin: string
  readonly authorization: string
  /** Whether what another try may mend is worth one. */
  readonly mayWait: boolean
  readonly signal: AbortSignal
}

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'audio/amr': 'amr',
  'audio/mpeg': 'mp3',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'application/pdf': 'pdf',
  'text/vcard': 'vcf',
  'text/plain': 'txt',
}
const passing: ReadonlySet<string> = new Set(['unreachable', 'timed-out', 'unknown-name'])
const again: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * Undefined when it cannot be had, now or later. Throws what another try may mend, so that the message waits for its file.
 */
export async function mediaOf(
  { outbound, origin, authorization, mayWait, signal }: Asker,
  { url, type }: MediaPlace,
  name: string,
): Promise<InboundFile | undefined> {
  // The secret of the account is for the provider alone, whatever the address says.
  if (URL.parse(url)?.origin !== origin) return undefined
  const plainType = type.split(';', 1)[0]!.trim().toLowerCase()
  try {
    const { status, body } = await outbound.request({
      method: 'GET',
      url,
      headers: { authorization },
      bytesMax: limits.inboundFileBytesMax,
      timeoutMs: limits.channelSendTimeoutMs,
      signal,
    })
    if (mayWait && (status >= 500 || again.has(status)))
      throw new Error('the provider does not give the file at the moment')
    if (status !== 200) return undefined
    return { name: `${name}.${extensions[plainType] ?? 'bin'}`, type: plainType, bytes: body }
  } catch (error) {
    if (!(error instanceof OutboundFailed) || (mayWait && passing.has(error.failure))) throw error
    return undefined
  }
}
