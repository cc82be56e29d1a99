import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const manifest = read('package.json') as Record<string, Record<string, string | boolean>>
const locks = ['package-lock.json', 'server/bootstrap/package-lock.json']
type Entry = { version?: string; license?: string; hasInstallScript?: boolean; link?: boolean; integrity?: string }
const entries = (lock: string) =>
  Object.entries(read(lock).packages as Record<string, Entry>).filter(([path]) => path !== '')
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Licences that would bind a user who changes and hosts what we give away, and those that are none. */
const binding = /\b(AGPL|SSPL|BUSL|BSL-1\.1|Elastic|Commons-Clause|UNLICENSED)/i

describe('packages', () => {
  test('are named with exact versions', () => {
    const sections = ['dependencies', 'devDependencies', 'optionalDependencies']
    const loose = sections
      .flatMap((section) => Object.entries(manifest[section] ?? {}))
      .filter(([, version]) => {
        return !/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))
      })
    expect(loose).toEqual([])
  })

  test.each(locks)('%s fixes every checksum', (lock) => {
    expect(entries(lock).length).toBeGreaterThan(2)
    expect(entries(lock).filter(([, { integrity, link }]) => !integrity && !link)).toEqual([])
  })

  test('run an install script only where package.json has decided so', () => {
    const scripted = locks.flatMap(entries).filter(([, { hasInstallScript }]) => hasInstallScript)
    const names = [...new Set(scripted.map(([path]) => nameOf(path)))].sort()
    expect(Object.keys(manifest.allowScripts ?? {}).sort()).toEqual(names)
  })

  test('have a licence that binds nobody who hosts Chancery', () => {
    const licences = locks.flatMap(entries).map(([path, { license }]) => [nameOf(path), license ?? 'none'])
    // The old compiler's entry is an alias of a package that names its licence itself.
    expect(licences.filter(([, license]) => binding.test(String(license)))).toEqual([])
  })
})
