/**
 * The specification as data: the OpenAPI files of matrix-org/matrix-spec (`data/`). They are not part of this repository.
 * `CHANCERY_MATRIX_SPEC` names the folder that holds `data/`; without it that is `../shared/matrix-spec`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { posix } from 'node:path/posix'
import { parse } from 'yaml'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Every file that the client-server API needs, by its path below `data/`, without what only people read. */
export type Documents = { readonly [path: string]: Json }

export const clientServerFolder = 'api/client-server'

/** Undefined where the specification does not lie: then everything else is tested, and this is said to be skipped. */
export function specificationFolder(): string | undefined {
  const named = process.env.CHANCERY_MATRIX_SPEC
  const folder = named ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'matrix-spec')
  if (existsSync(join(folder, 'data', clientServerFolder))) return folder
  if (named !== undefined)
    throw new Error(`CHANCERY_MATRIX_SPEC names ${named}, and no data/${clientServerFolder} is in it.`)
  return undefined
}

export function readDocuments(folder: string): Documents {
  const documents: Record<string, Json> = {}
  const read = (path: string) => {
    if (documents[path] !== undefined) return
    // The files are laxer than YAML is: keys come twice, and lists stand under their key's column.
    const text = readFileSync(join(folder, 'data', path), 'utf8')
    const document = withoutWords(parse(text, { strict: false, uniqueKeys: false }), false)
    documents[path] = document
    for (const target of targetsOf(document, path)) read(target)
  }
  for (const name of readdirSync(join(folder, 'data', clientServerFolder))) {
    if (name.endsWith('.yaml')) read(posix.join(clientServerFolder, name))
  }
  return documents
}

/** Where a reference leads: the document's path, and the pointer in it (empty: the whole). */
export function targetOf(reference: string, from: string): { path: string; pointer: string } {
  const [file = '', pointer = ''] = reference.split('#')
  return { path: file === '' ? from : posix.join(posix.dirname(from), file), pointer }
}

function* targetsOf(node: Json, from: string): Iterable<string> {
  if (node === null || typeof node !== 'object') return
  if (!Array.isArray(node) && typeof node.$ref === 'string') yield targetOf(node.$ref, from).path
  for (const child of Object.values(node)) yield* targetsOf(child as Json, from)
}

/** Keys whose children are named by the schema's author, so that "description" there is a field of a message. */
const maps = new Set(['properties', 'patternProperties', '$defs'])
const words = new Set(['description', 'title', 'example', 'examples', 'summary', 'tags'])

function withoutWords(node: Json, isMap: boolean): Json {
  if (node === null || typeof node !== 'object') return node
  if (Array.isArray(node)) return node.map((child) => withoutWords(child, false))
  const kept = Object.entries(node).filter(([key]) => isMap || !words.has(key))
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutWords(child, !isMap && maps.has(key))]))
}
