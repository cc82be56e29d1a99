import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrows } from '../../../.dependency-cruiser.js'
import { cruiseArrows, foldersOfTheHouse, type Violation } from './cruise.ts'
import { drawPicture } from './picture.ts'

/** A small house: every folder with an api.ts, an index.ts, and whatever each test plants. */
const planted: Record<string, { files: Record<string, string>; from: string }> = {
  'arrows-of-matrix': { from: 'matrix/a.ts', files: { 'matrix/a.ts': `import '#platform/api.ts'` } },
  'arrows-of-platform': { from: 'platform/b.ts', files: { 'platform/b.ts': `import '#identity/api.ts'` } },
  'arrows-of-access': { from: 'access/c.ts', files: { 'access/c.ts': `import '#identity/api.ts'` } },
  'arrows-of-identity': { from: 'identity/d.ts', files: { 'identity/d.ts': `import '#messaging/api.ts'` } },
  'arrows-of-messaging': {
    from: 'messaging/e.ts',
    files: { 'messaging/e.ts': `import type { X } from '#federation/api.ts'` },
  },
  'arrows-of-web': { from: 'web/models/f.ts', files: { 'web/models/f.ts': `import '#messaging/api.ts'` } },
  'arrows-of-bench': { from: 'bench/g.ts', files: { 'bench/g.ts': `import '#matrix/api.ts'` } },
  'only-through-api': {
    from: 'messaging/h.ts',
    files: { 'messaging/h.ts': `import '#identity/people.ts'`, 'identity/people.ts': 'export const x = 1' },
  },
  'factories-are-for-the-composition': {
    from: 'messaging/i.ts',
    files: { 'messaging/i.ts': `import '#identity/index.ts'` },
  },
  'server-enters-by-the-door': {
    from: 'server/j.ts',
    files: { 'server/j.ts': `import '#identity/inside.ts'`, 'identity/inside.ts': 'export const x = 1' },
  },
  'no-relative-path-out-of-a-folder': {
    from: 'messaging/k.ts',
    files: { 'messaging/k.ts': `import '../identity/api.ts'` },
  },
  'nobody-imports-the-roots': { from: 'identity/l.ts', files: { 'identity/l.ts': `import '#testing/api.ts'` } },
  'http-never-touches-store': {
    from: 'identity/http/m.ts',
    files: { 'identity/http/m.ts': `import '../store/m.ts'`, 'identity/store/m.ts': 'export const x = 1' },
  },
  'store-knows-nobody-above': {
    from: 'identity/store/n.ts',
    files: { 'identity/store/n.ts': `import '../noun.ts'`, 'identity/noun.ts': 'export const x = 1' },
  },
  'api-knows-no-implementation': {
    from: 'access/api.ts',
    files: { 'access/api.ts': `export * from './store/o.ts'`, 'access/store/o.ts': 'export const x = 1' },
  },
  'web-models-know-no-views': {
    from: 'web/models/p.ts',
    files: { 'web/models/p.ts': `import '../ui/p.tsx'`, 'web/ui/p.tsx': 'export const x = 1' },
  },
  'web-matrix-knows-no-models': {
    from: 'web/matrix/q.ts',
    files: { 'web/matrix/q.ts': `import '../models/q.ts'`, 'web/models/q.ts': 'export const x = 1' },
  },
  'matrix-does-no-input-or-output': { from: 'matrix/r.ts', files: { 'matrix/r.ts': `import 'node:fs'` } },
  'the-machine-is-reached-through-platform': {
    from: 'messaging/s.ts',
    files: { 'messaging/s.ts': `import 'node:child_process'` },
  },
  'libraries-behind-doors': {
    from: 'identity/t.ts',
    files: {
      'identity/t.ts': `import 'pg'`,
      'node_modules/pg/package.json': '{"name":"pg","version":"1.0.0","main":"index.js"}',
      'node_modules/pg/index.js': 'exports.x = 1',
    },
  },
  'tests-stay-out-of-products': {
    from: 'identity/u.ts',
    files: { 'identity/u.ts': `import './u.test.ts'`, 'identity/u.test.ts': 'export const x = 1' },
  },
  'no-cycles': {
    from: 'identity/v.ts',
    files: {
      'identity/v.ts': `import { w } from './w.ts'\nexport const v = w`,
      'identity/w.ts': `import { v } from './v.ts'\nexport const w = v`,
    },
  },
  'no-orphans': { from: 'identity/alone.ts', files: { 'identity/alone.ts': 'export const x = 1' } },
  'nothing-unresolvable': { from: 'identity/y.ts', files: { 'identity/y.ts': `import './nowhere.ts'` } },
  'packages-are-declared': {
    from: 'identity/z.ts',
    files: {
      'identity/z.ts': `import 'stowaway'`,
      'node_modules/stowaway/package.json': '{"name":"stowaway","version":"1.0.0","main":"index.js"}',
      'node_modules/stowaway/index.js': 'exports.x = 1',
    },
  },
  'products-use-no-test-libraries': {
    from: 'identity/za.ts',
    files: {
      'identity/za.ts': `import 'rig'`,
      'node_modules/rig/package.json': '{"name":"rig","version":"1.0.0","main":"index.js"}',
      'node_modules/rig/index.js': 'exports.x = 1',
    },
  },
}

/** What the law allows, so that a rule that forbids everything fails too. */
const lawful: Record<string, string> = {
  'messaging/good.ts': `import '#identity/api.ts'\nimport type { X } from '#access/api.ts'\nimport './store/good.ts'`,
  'messaging/store/good.ts': `import '#platform/api.ts'\nimport '../api.ts'`,
  'messaging/good.test.ts': `import '#messaging/index.ts'\nimport '#testing/api.ts'\nimport '#identity/index.ts'`,
  'server/good.ts': `import '#messaging/index.ts'\nimport '#identity/api.ts'\nimport 'node:fs'`,
  'web/ui/good.tsx': `import '../models/good.ts'`,
  'web/models/good.ts': `import '../matrix/good.ts'`,
  'web/matrix/good.ts': 'export const x = 1',
  'matrix/good.ts': `import 'node:crypto'`,
}

let root: string
let violations: Violation[]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'arrows-'))
  const house = ['matrix', 'platform', 'access', 'identity', 'messaging', 'federation', 'web', 'bench']
  const imports = Object.fromEntries([...house, 'server', 'testing'].map((name) => [`#${name}/*`, `./${name}/*`]))
  const manifest = {
    name: 'house',
    type: 'module',
    imports,
    dependencies: { pg: '1.0.0' },
    devDependencies: { rig: '1.0.0' },
  }
  const files: Record<string, string> = { 'package.json': JSON.stringify(manifest), ...lawful }
  for (const folder of [...house, 'testing']) {
    files[`${folder}/api.ts`] = 'export type X = 1\nexport const api = 1'
    files[`${folder}/index.ts`] = `export * from './api.ts'`
  }
  for (const { files: more } of Object.values(planted)) Object.assign(files, more)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  violations = (await cruiseArrows(root)).violations
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('the law of arrows', () => {
  test.each(Object.entries(planted))('%s bites where it is broken', (rule, { from }) => {
    const found = violations.filter((violation) => violation.rule === rule && violation.from === from)
    expect(found.length, JSON.stringify(violations.filter((violation) => violation.from === from))).toBeGreaterThan(0)
    expect(found[0]?.comment).not.toBe('')
  })

  test('and leaves alone what is lawful', () => {
    const broken = violations.filter(({ from, rule }) => from in lawful && rule !== 'no-orphans')
    expect(broken).toEqual([])
  })

  test('the picture shows an arrow once, and none for what only a test imports', async () => {
    const picture = drawPicture(foldersOfTheHouse(root), (await cruiseArrows(root)).modules)
    expect(picture.match(/messaging --> access$/gm)).toHaveLength(1)
    expect(picture).not.toContain('messaging --> testing')
  })

  test('every folder of the house has its row', () => {
    expect(Object.keys(arrows).length).toBeGreaterThan(10)
    expect(foldersOfTheHouse(root)).toContain('testing')
  })
})
