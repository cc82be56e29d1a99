import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { holdInstallation, InstallationChanged, tryLock } from './installation.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'installation-'))
  mkdirSync(join(root, 'node_modules'))
  writeFileSync(join(root, 'package.json'), '{}')
  lock('sha512-a')
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), lockText('sha512-a'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const lockText = (integrity: string) =>
  JSON.stringify({ packages: { ...(integrity && { 'node_modules/a': { version: '1.0.0', integrity } }) } })
const lock = (integrity: string) => {
  const packages = { '': {}, ...JSON.parse(lockText(integrity)).packages }
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }))
}

describe('an installation', () => {
  test('is used by many and replaced by nobody meanwhile', () => {
    const first = holdInstallation(root)
    const second = holdInstallation(root)
    expect(tryLock(root, 'in-use.lock', 'alone')).toBeUndefined()
    first.release()
    expect(tryLock(root, 'in-use.lock', 'alone')).toBeUndefined()
    second.release()
    const alone = tryLock(root, 'in-use.lock', 'alone')
    expect(alone).toBeDefined()
    expect(() => holdInstallation(root)).toThrow(/installing libraries in this folder/)
    alone?.release()
    holdInstallation(root).release()
  })

  test('is refused when it is not what the lock file names', () => {
    lock('sha512-b')
    expect(() => holdInstallation(root)).toThrow(InstallationChanged)
    // Refusing leaves no lock behind.
    expect(tryLock(root, 'in-use.lock', 'alone')).toBeDefined()
  })

  test('has one installer at a time', () => {
    const first = tryLock(root, 'installing.lock', 'alone')
    expect(tryLock(root, 'installing.lock', 'alone')).toBeUndefined()
    first?.release()
    expect(tryLock(root, 'installing.lock', 'alone')).toBeDefined()
  })

  test('is free again when its holder is killed', async () => {
    const code = `import(${JSON.stringify(join(import.meta.dirname, 'installation.js'))}).then(({ holdInstallation }) => {
      holdInstallation(${JSON.stringify(root)})
      console.log('holding')
      setInterval(() => {}, 1000)
    })`
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--eval', code])
    await once(child.stdout, 'data')
    expect(tryLock(root, 'in-use.lock', 'alone')).toBeUndefined()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(tryLock(root, 'in-use.lock', 'alone')).toBeDefined()
  })
})
