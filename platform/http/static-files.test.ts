import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createHttp } from './http-server.ts'

/** What comes back for a head that is written by hand, with paths that no client would send. */
function spoken(port: number, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(head))
  return text(socket)
}

test('a folder is served, and nothing beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-static-'))
  mkdirSync(join(folder, 'web/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'root:')
  writeFileSync(join(folder, 'web/index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'web/assets/index-Bx3k9_Qz.js'), 'run()')
  writeFileSync(join(folder, 'web/assets/index-Bx3k9_Qz.js.br'), 'compressed')
  const http = createHttp({ gate: { admit: async () => undefined }, rateLimits: false })
  http.serveFolder('/', join(folder, 'web'))
  const { port } = await http.listen('127.0.0.1', 0)
  const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers })
  const talk = (head: string) => spoken(port, head)
  try {
    const page = await get('/')
    expect([await page.text(), page.headers.get('cache-control')]).toEqual(['<!doctype html>', 'no-cache'])
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*wasm-unsafe-eval.*blob:/)
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect((await get('/', { 'if-none-match': page.headers.get('etag') ?? '' })).status).toBe(304)
    const asset = await get('/assets/index-Bx3k9_Qz.js', { 'accept-encoding': 'identity' })
    expect([await asset.text(), asset.headers.get('cache-control')]).toEqual([
      'run()',
      'public, max-age=31536000, immutable',
    ])
    const raw = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
    expect(await talk(`GET /assets/index-Bx3k9_Qz.js ${raw}Accept-Encoding: gzip, br\r\n\r\n`)).toMatch(
      /content-encoding: br.*compressed$/s,
    )
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '//etc/passwd',
    ]) {
      expect(await talk(`GET ${path} ${raw}\r\n`)).toMatch(/^HTTP\/1\.1 404 /)
    }
    const folderItself = await get('/assets')
    expect([folderItself.status, await folderItself.json()]).toMatchObject([404, { errcode: 'M_UNRECOGNIZED' }])
  } finally {
    await http.close()
    rmSync(folder, { recursive: true })
  }
})
