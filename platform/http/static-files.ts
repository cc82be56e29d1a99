import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { streamTo } from './answers.ts'

/** The one style that React Aria, the web client's library of controls, puts into the page itself. */
const touchRule = `@layer {
  [data-react-aria-pressable] {
    touch-action: pan-x pan-y pinch-zoom;
  }
}`

function hashOf(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`
}

/** Only what the web client needs; WebAssembly is its end-to-end encryption. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  `style-src 'self' ${hashOf(touchRule)}`,
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  // Small fonts stand inside the style sheet.
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

const contentTypes: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** `index-Bx3k9_Qz.js`: the name changes with the content. */
const hashedName = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

type StaticFile = {
  readonly path: string
  readonly bytes: number
  readonly etag: string
  readonly type: string
  readonly isHashed: boolean
  /** Compressed copies that lie beside the file. */
  readonly copies: Map<string, { path: string; bytes: number }>
}

/**
 * The files of one folder, listed once. A request is answered from the list and from nothing else, so that no path can
 * lead out of the folder.
 */
export class StaticFiles {
  readonly #files = new Map<string, StaticFile>()

  /** `prefix` ends with a slash. */
  constructor(prefix: string, folder: string) {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const all = new Set(paths)
    for (const path of paths) {
      if (path.endsWith('.br') || path.endsWith('.gz')) continue
      const url = prefix + relative(folder, path).split(sep).join('/')
      const file = describe(path, all)
      this.#files.set(url, file)
      if (url.endsWith('/index.html')) this.#files.set(url.slice(0, -'index.html'.length), file)
    }
  }

  /** Answers and gives the status when the path is one of the files; undefined when it is not. */
  answer(request: IncomingMessage, response: ServerResponse, pathname: string): number | undefined {
    const file = this.#files.get(pathname)
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return undefined
    const headers: Record<string, string | number> = {
      'content-type': file.type,
      'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: file.etag,
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': pagePolicy.join('; '),
      'permissions-policy': 'geolocation=(), payment=(), usb=(), serial=()',
    }
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304, headers)
      response.end()
      return 304
    }
    const accepted = request.headers['accept-encoding']
    const encoding = ['br', 'gzip'].find((name) => file.copies.has(name) && accepts(accepted, name))
    const copy = encoding === undefined ? file : file.copies.get(encoding)!
    if (encoding !== undefined) headers['content-encoding'] = encoding
    headers['content-length'] = copy.bytes
    response.writeHead(200, headers)
    if (request.method === 'HEAD') response.end()
    else streamTo(response, createReadStream(copy.path))
    return 200
  }
}

function accepts(header: string | string[] | undefined, encoding: string): boolean {
  return String(header ?? '')
    .split(',')
    .some((part) => part.trim().split(';')[0] === encoding && !/;\s*q=0(?:\.0*)?\s*$/.test(part))
}

function describe(path: string, all: ReadonlySet<string>): StaticFile {
  const copies = new Map<string, { path: string; bytes: number }>()
  for (const [encoding, ending] of [
    ['br', '.br'],
    ['gzip', '.gz'],
  ] as const) {
    if (all.has(path + ending)) copies.set(encoding, { path: path + ending, bytes: statSync(path + ending).size })
  }
  return {
    path,
    bytes: statSync(path).size,
    etag: `"${createHash('sha256').update(readFileSync(path)).digest('base64url').slice(0, 22)}"`,
    type: contentTypes[extname(path)] ?? 'application/octet-stream',
    isHashed: hashedName.test(path),
    copies,
  }
}
