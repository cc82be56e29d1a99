import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildWebClient, removeOldBuilds, webClientFolder, webClientIsCurrent } from './web-client.js'

/** Stands in for the bundler: copies index.html, or fails on a word in it. */
const bundler = `
import { copyFileSync, readFileSync } from 'node:fs'
const source = process.argv[3], out = process.argv[process.argv.indexOf('--outDir') + 1]
if (readFileSync(source + '/index.html', 'utf8').includes('broken')) { console.error('index.html is broken'); process.exit(1) }
copyFileSync(source + '/index.html', out + '/index.html')
`

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'web-client-'))
  write('node_modules/vite/package.json', '{"type":"module"}')
  write('node_modules/vite/bin/vite.js', bundler)
  write('package-lock.json', '{}')
  write('web/vite.config.ts', '')
  write('web/index.html', 'one')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const build = () => buildWebClient(root, process.execPath)
const served = (folder: string | undefined) => readFileSync(join(folder ?? '', 'index.html'), 'utf8')

describe('the web client', () => {
  test('is built once for the same sources', async () => {
    expect(webClientIsCurrent(root)).toBe(false)
    expect(webClientFolder(root)).toBeUndefined()
    await build()
    expect(webClientIsCurrent(root)).toBe(true)
    expect(served(webClientFolder(root))).toBe('one')
    write('web/models/x.test.ts', 'a test is no source')
    expect(webClientIsCurrent(root)).toBe(true)
  })

  test.each(['web/index.html', 'web/ui/deep/view.tsx', 'package-lock.json'])(
    'is stale when %s changes',
    async (path) => {
      await build()
      write(path, 'two')
      expect(webClientIsCurrent(root)).toBe(false)
    },
  )

  test('leaves the files of an older build to the server that serves them', async () => {
    await build()
    const older = webClientFolder(root)
    write('web/index.html', 'two')
    await build()
    expect(served(older)).toBe('one')
    expect(served(webClientFolder(root))).toBe('two')
    removeOldBuilds(root)
    expect(readdirSync(join(root, '.chancery', 'web'))).toHaveLength(1)
    expect(served(webClientFolder(root))).toBe('two')
  })

  test('says why it could not be built, and keeps the last one that could', async () => {
    await build()
    write('web/index.html', 'broken')
    await expect(build()).rejects.toThrow(/index\.html is broken[\s\S]*could not be built/)
    expect(served(webClientFolder(root))).toBe('one')
    expect(readdirSync(join(root, '.chancery', 'web'))).toHaveLength(1)
  })

  test('replaces a folder that somebody built by hand', async () => {
    write('web/dist/index.html', 'by hand')
    expect(webClientIsCurrent(root)).toBe(false)
    await build()
    expect(served(webClientFolder(root))).toBe('one')
  })

  test('is nothing to wait for where there is none', () => {
    rmSync(join(root, 'web'), { recursive: true })
    expect(webClientIsCurrent(root)).toBe(true)
  })
})
