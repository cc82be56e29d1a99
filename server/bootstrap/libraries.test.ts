import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { librariesAreCurrent } from './libraries.js'

const here = { os: [process.platform], cpu: [process.arch] }
const elsewhere = { os: ['plan9'], cpu: [process.arch] }
const sections = { dependencies: { a: '1.0.0' }, devDependencies: { rig: '1.0.0' } }
const locked = {
  '': sections,
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/rig': { version: '1.0.0', integrity: 'sha512-rig', dev: true },
  'node_modules/binary-here': { version: '1.0.0', integrity: 'sha512-h', optional: true, ...here },
  'node_modules/binary-elsewhere': { version: '1.0.0', integrity: 'sha512-e', optional: true, ...elsewhere },
}
const { '': _, 'node_modules/binary-elsewhere': __, ...installed } = locked

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'libraries-'))
  mkdirSync(join(root, 'node_modules'))
  write('package.json', sections)
  write('package-lock.json', { packages: locked })
  write('node_modules/.package-lock.json', { packages: installed })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (path: string, value: unknown) => writeFileSync(join(root, path), JSON.stringify(value))
const without = (name: string) =>
  Object.fromEntries(Object.entries(installed).filter(([path]) => path !== `node_modules/${name}`))

describe('libraries', () => {
  test('are current when what this platform needs is there', () => {
    expect(librariesAreCurrent(root, { testLibraries: true })).toBe(true)
  })

  test.each(['a', 'rig', 'binary-here'])('are not when %s is missing', (name) => {
    write('node_modules/.package-lock.json', { packages: without(name) })
    expect(librariesAreCurrent(root, { testLibraries: true })).toBe(false)
  })

  test('need no test libraries for the server', () => {
    write('node_modules/.package-lock.json', { packages: without('rig') })
    expect(librariesAreCurrent(root, { testLibraries: false })).toBe(true)
  })

  test.each([
    ['another version', { version: '1.0.1', integrity: 'sha512-a' }],
    ['another content', { version: '1.0.0', integrity: 'sha512-b' }],
  ])('are not with %s', (_what, entry) => {
    write('node_modules/.package-lock.json', { packages: { ...installed, 'node_modules/a': entry } })
    expect(librariesAreCurrent(root, { testLibraries: true })).toBe(false)
  })

  test('are not when one is left over, when package.json went its own way, or when npm was cut off', () => {
    write('node_modules/.package-lock.json', { packages: { ...installed, 'node_modules/old': { version: '1.0.0' } } })
    expect(librariesAreCurrent(root, { testLibraries: true })).toBe(false)
    write('node_modules/.package-lock.json', { packages: installed })
    write('package.json', { ...sections, dependencies: { a: '2.0.0' } })
    expect(librariesAreCurrent(root, { testLibraries: true })).toBe(false)
    write('package.json', sections)
    rmSync(join(root, 'node_modules', '.package-lock.json'))
    expect(librariesAreCurrent(root, { testLibraries: true })).toBe(false)
  })
})
