/** The operations of the client-server API, found by method and path, with their schemas put together and compiled. */
import Schema from 'typebox/schema'
import { clientServerFolder, type Documents, type Json, targetOf } from './documents.ts'
import { slidingSyncDocument, slidingSyncFile } from './sliding-sync.ts'

export type Operation = {
  /** Its operationId, which is unique within this API. */
  readonly id: string
  readonly method: string
  /** `/_matrix/client/v3/rooms/{roomId}/…` */
  readonly path: string
  readonly isDeprecated: boolean
  /** No released version of the specification has it yet. */
  readonly isProposed: boolean
  /** The file that describes it, and the description as it stands there. */
  readonly file: string
  readonly definition: JsonObject
}

export type JsonObject = { readonly [key: string]: Json }

export type ResponseDefinition = {
  readonly headers?: { readonly [name: string]: { readonly required?: boolean } }
  readonly content?: { readonly [type: string]: { readonly schema?: Json } }
}

export type Validator = ReturnType<typeof Schema.Compile>

export class Specification {
  readonly operations: readonly Operation[]
  readonly #documents: Documents
  readonly #byShape = new Map<string, { operation: Operation; statics: number }[]>()
  readonly #definitions = new Map<Operation, JsonObject>()
  readonly #validators = new Map<string, Validator | undefined>()

  constructor(documents: Documents) {
    this.#documents = { ...documents, ...slidingSyncDocument }
    this.operations = [...operationsOf(this.#documents)]
    for (const operation of this.operations) {
      const parts = partsOf(operation.path)
      const key = `${operation.method} ${parts.length}`
      const statics = parts.filter((part) => !part.startsWith('{')).length
      this.#byShape.set(key, [...(this.#byShape.get(key) ?? []), { operation, statics }])
    }
  }

  /**
   * The operations that a request may mean: mostly one or none. Two share a path in two places (an invitation by user id
   * or by address, the two kinds of /events). Other versions in the path (r0, unstable) are aliases.
   */
  find(method: string, pathname: string): readonly Operation[] {
    const parts = partsOf(pathname)
    const found = this.#fitting(method, parts)
    // A state key that is empty may be left out, with its slash or without.
    return found.length === 0 && parts.at(-2) === 'state' ? this.#fitting(method, [...parts, '']) : found
  }

  #fitting(method: string, parts: readonly string[]): readonly Operation[] {
    const candidates = this.#byShape.get(`${method} ${parts.length}`) ?? []
    const fitting = candidates.filter(({ operation }) => fits(partsOf(operation.path), parts))
    const most = Math.max(...fitting.map(({ statics }) => statics))
    return fitting.filter(({ statics }) => statics === most).map(({ operation }) => operation)
  }

  /** The whole description, with every reference in it followed. */
  definition(operation: Operation): JsonObject {
    let definition = this.#definitions.get(operation)
    if (definition === undefined) {
      definition = this.#follow(operation.definition, operation.file, []) as JsonObject
      this.#definitions.set(operation, definition)
    }
    return definition
  }

  response(operation: Operation, status: number): ResponseDefinition | undefined {
    const responses = this.definition(operation).responses as unknown as Record<string, ResponseDefinition>
    return responses[String(status)]
  }

  /** For the JSON body of an answer; undefined where the specification gives none. */
  responseValidator(operation: Operation, status: number): Validator | undefined {
    return this.#compiled(`${operation.id} ${status}`, () => jsonSchema(this.response(operation, status)?.content))
  }

  requestValidator(operation: Operation): Validator | undefined {
    const { requestBody } = this.definition(operation) as { requestBody?: ResponseDefinition }
    return this.#compiled(`${operation.id} request`, () => jsonSchema(requestBody?.content))
  }

  #compiled(key: string, schema: () => Json | undefined): Validator | undefined {
    if (!this.#validators.has(key)) {
      const found = schema()
      this.#validators.set(key, found === undefined ? undefined : Schema.Compile(found as object))
    }
    return this.#validators.get(key)
  }

  /** What stands beside a reference wins over its target; a reference inside of its own target stands for anything. */
  #follow(node: Json, from: string, stack: readonly string[]): Json {
    if (node === null || typeof node !== 'object') return node
    if (Array.isArray(node)) return node.map((child) => this.#follow(child, from, stack))
    const { $ref: reference, ...beside } = node
    if (typeof reference !== 'string') return mapped(node, (child) => this.#follow(child, from, stack))
    const { path, pointer } = targetOf(reference, from)
    const key = `${path}#${pointer}`
    if (stack.includes(key)) return {}
    const target = this.#follow(at(this.#documents[path], pointer), path, [...stack, key])
    return { ...(target as object), ...(this.#follow(beside, from, stack) as object) }
  }
}

function* operationsOf(documents: Documents): Iterable<Operation> {
  for (const [file, document] of Object.entries(documents)) {
    if (!new RegExp(`^${clientServerFolder}/[^/]+$`).test(file)) continue
    const { paths = {}, servers } = document as any
    const base = servers[0].variables.basePath.default as string
    for (const [path, item] of Object.entries<any>(paths)) {
      for (const [method, definition] of Object.entries<any>(item)) {
        const { operationId: id, deprecated } = definition
        // Two paths end with a space, which keeps them apart from others of the same name.
        const whole = base + path.trim()
        const isProposed = file === slidingSyncFile
        yield {
          id,
          method: method.toUpperCase(),
          path: whole,
          isDeprecated: deprecated === true,
          isProposed,
          file,
          definition,
        }
      }
    }
  }
}

/** The version is no part of what a path means: old ones are aliases, and no two operations differ in it alone. */
function partsOf(path: string): string[] {
  const parts = path.replace(/^\/_matrix\/(client|media)\/(r0|v\d+|unstable)\//, '/_matrix/$1/*/').split('/')
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

function fits(template: readonly string[], parts: readonly string[]): boolean {
  return template.every((part, n) => part.startsWith('{') || part === parts[n])
}

function jsonSchema(content: ResponseDefinition['content']): Json | undefined {
  return content?.['application/json']?.schema
}

function mapped(object: JsonObject, change: (child: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, child]) => [key, change(child)]))
}

function at(document: Json | undefined, pointer: string): Json {
  let node: any = document
  for (const step of pointer.split('/').filter((one) => one !== '')) {
    node = node?.[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (node === undefined) throw new Error(`The specification refers to ${pointer}, and nothing is there.`)
  return node
}
