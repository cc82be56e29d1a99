import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '../town.ts'
import type { TownPerson } from '../town-person.ts'
import { readDocuments, specificationFolder } from './documents.ts'
import { matrixApiReference } from './reference.ts'
import { type Operation, Specification } from './specification.ts'
import { hollow, unsupported } from './unsupported.ts'

const folder = specificationFolder()

describe.skipIf(folder === undefined)('of the operations that the specification has', () => {
  let specification: Specification
  let town: Town
  let alice: TownPerson
  beforeAll(async () => {
    specification = new Specification(readDocuments(folder as string))
    town = await startTown()
    alice = await town.person('alice')
  })
  afterAll(() => town[Symbol.asyncDispose]())

  it('each is served, or stands in the list of those that are not', () => {
    const served = new Set(
      town.http.routes().flatMap(({ method, path }) =>
        [path]
          .flat()
          .flatMap((one) => specification.find(method, one))
          .map(({ id }) => id),
      ),
    )
    const missing = specification.operations.filter(({ id }) => !served.has(id) && unsupported[id] === undefined)
    expect(missing.map(({ id }) => id)).toEqual([])
    const listed = specification.operations.filter((one) => unsupported[one.id] !== undefined)
    expect(listed.map(({ id }) => id).toSorted()).toEqual(Object.keys(unsupported).toSorted())
    expect(Object.keys(hollow).filter((id) => !served.has(id))).toEqual([])
  })

  it('those that old clients know are served under the old version of their path as well', async () => {
    const known = new Set(
      town.http.routes().flatMap(({ method, path }) => [path].flat().map((one) => shape(method, one))),
    )
    const missing = specification.operations
      .filter(
        ({ id, definition }) => unsupported[id] === undefined && definition['x-addedInMatrixVersion'] === undefined,
      )
      .filter(({ path }) => path.startsWith('/_matrix/client/v3/') || path.startsWith('/_matrix/media/v3/'))
      .filter(({ method, path }) => !known.has(shape(method, path.replace('/v3/', '/r0/'))))
    expect(missing.map(({ id }) => id)).toEqual([])
  })

  it('those that are not answer that they are not known', async () => {
    for (const operation of specification.operations) {
      if (unsupported[operation.id] === undefined || isShared(operation)) continue
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(examples[name] ?? 'x'))
      const { status, json } = await alice.call(operation.method, path, hasBody(operation) ? { body: {} } : {})
      expect([operation.id, status, json.errcode]).toEqual([operation.id, 404, 'M_UNRECOGNIZED'])
    }
  })

  // After a change: npx vitest run testing/conformance --update
  it('docs/reference/matrix-api.md tells', async () => {
    const text = matrixApiReference(specification.operations)
    await expect(text).toMatchFileSnapshot('../../docs/reference/matrix-api.md')
  })

  /** Another operation, which is supported, has the same path. */
  function isShared(operation: Operation): boolean {
    return specification.find(operation.method, operation.path).some(({ id }) => unsupported[id] === undefined)
  }
})

const examples: { readonly [parameter: string]: string } = {
  roomId: '!a:town.example',
  userId: '@alice:town.example',
  eventId: '$a',
}

/** Without the names of what is filled in, and without a slash at the end. */
function shape(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{\w+\}|:\w+/g, '*').replace(/\/$/, '')}`
}

function hasBody({ method }: Operation): boolean {
  return method === 'PUT' || method === 'POST'
}
