import { limits, type Outbound, type PageFacts, type Picture, pictureTypeOf, type Sandbox } from '#platform/api.ts'

type Deps = {
  outbound: Pick<Outbound, 'request'>
  sandbox: Pick<Sandbox, 'readPage' | 'shrink'>
  isWanted: (hostname: string) => boolean
}

/** What a page says of itself, and its picture: made anew, so that no byte of a stranger's is handed on. */
export type FetchedPage = {
  readonly properties: Readonly<Record<string, string>>
  readonly picture?: Picture
}

/** The box of pictures in previews. */
const pictureBox = { width: 640, height: 480, method: 'scale', animated: false, anew: true } as const

/** Throws OutboundFailed or SandboxFailed; a page whose picture cannot be had has none. */
export async function fetchPage(deps: Deps, url: string, signal: AbortSignal): Promise<FetchedPage> {
  const page = await deps.outbound.request({
    method: 'GET',
    url,
    headers: { accept: 'text/html, application/xhtml+xml, image/*;q=0.8' },
    bytesMax: limits.previewPageBytesMax,
    whenLarger: 'cut',
    timeoutMs: limits.previewTimeoutMs,
    isWanted: deps.isWanted,
    signal,
  })
  if (page.status < 200 || page.status > 299) return { properties: {} }
  const contentType = page.headers['content-type']
  if (/^image\//i.test(contentType ?? '')) return withPicture(deps, { properties: {} }, page.url, signal)
  if (!/^(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '')) return { properties: {} }
  const facts = await deps.sandbox.readPage(page.body, contentType)
  const said = { properties: propertiesOf(facts) }
  const image = pictureAddress(facts, page.url)
  return image === undefined ? said : withPicture(deps, said, image, signal)
}

async function withPicture(deps: Deps, page: FetchedPage, url: string, signal: AbortSignal): Promise<FetchedPage> {
  try {
    const { status, body } = await deps.outbound.request({
      method: 'GET',
      url,
      headers: { accept: 'image/*' },
      bytesMax: limits.previewPictureBytesMax,
      timeoutMs: limits.previewTimeoutMs,
      isWanted: deps.isWanted,
      signal,
    })
    if (status !== 200 || pictureTypeOf(body) === undefined) return page
    const picture = await deps.sandbox.shrink(async () => body, pictureBox)
    return picture === 'original' ? page : { ...page, picture }
  } catch (error) {
    if (signal.aborted) throw error
    return page
  }
}

/** Only words: addresses of pictures, films and sounds would send every reader's client there. */
function propertiesOf({ properties, title, description }: PageFacts): Record<string, string> {
  const words = Object.entries(properties).filter(([name]) => !/^og:(image|video|audio)\b/.test(name))
  return {
    ...Object.fromEntries(words),
    ...(title !== undefined && { 'og:title': title }),
    ...(description !== undefined && { 'og:description': description }),
  }
}

function pictureAddress({ image, base }: PageFacts, pageUrl: string): string | undefined {
  if (image === undefined) return undefined
  return URL.parse(image, URL.parse(base ?? '', pageUrl)?.href ?? pageUrl)?.href
}
