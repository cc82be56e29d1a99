/** Vitest's global set-up: reads the specification once for all test processes, and tells at the end what they exercised. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exercisedLine } from './coverage.ts'
import { readDocuments, specificationFolder } from './documents.ts'
import { documentsFile, exercisedFile, folderVariable } from './recorder.ts'
import { Specification } from './specification.ts'

let folder: string | undefined
let specification: Specification | undefined

export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'chancery-conformance-'))
  const source = specificationFolder()
  if (source === undefined) return
  const documents = readDocuments(source)
  specification = new Specification(documents)
  writeFileSync(join(folder, documentsFile), JSON.stringify(documents))
  process.env[folderVariable] = folder
}

export function teardown(): void {
  if (folder === undefined) return
  const file = join(folder, exercisedFile)
  const notes = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  rmSync(folder, { recursive: true, force: true })
  if (specification === undefined) {
    console.log('skipped  Conformance with the Matrix specification: its data is not there (CHANCERY_MATRIX_SPEC).')
  } else if (notes !== undefined) {
    console.log(exercisedLine(specification, notes))
  }
}
