/**
 * The routes as OpenAPI 3.1. Our own API is told whole, from the schemas that check its requests; of the Matrix API, whose
 * specification is its documentation, the operations that are served.
 */
import type { Route } from '#platform/api.ts'

type Json = { [key: string]: unknown }

export function openApiOf(routes: readonly Route[], version: string): Json {
  const paths: { [path: string]: Json } = {}
  for (const route of sorted(routes)) {
    for (const path of pathsOf(route)) {
      const key = path.replace(/:(\w+)/g, '{$1}')
      paths[key] ??= {}
      const operations = paths[key] ?? {}
      operations[route.method.toLowerCase()] = operationOf(route, path)
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chancery',
      version,
      description:
        'What this server answers. Paths below /_matrix are those of the Matrix client-server API ' +
        '(https://spec.matrix.org/v1.19/client-server-api/); paths below /api/v1 are our own. ' +
        'Every error has the form {"errcode", "error"}; errors.md lists the codes.',
    },
    components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer' } } },
    paths,
  }
}

/** Older versions of a path are served for old clients and documented nowhere else. */
function pathsOf(route: Route): readonly string[] {
  const all = typeof route.path === 'string' ? [route.path] : route.path
  const current = all.filter((path) => !path.includes('/r0/') && !path.endsWith('/'))
  return current.length === 0 ? all.slice(0, 1) : current
}

function sorted(routes: readonly Route[]): Route[] {
  const key = (route: Route) => `${pathsOf(route)[0]} ${route.method}`
  return routes.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

function operationOf(route: Route, path: string): Json {
  const parameters = [...parametersOf(route.params, 'path', path), ...parametersOf(route.query, 'query', path)]
  return {
    operationId: route.operation,
    'x-needs': route.needs,
    ...(route.needs === 'nobody' ? {} : { security: [{ accessToken: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf(route),
    responses: {
      200: route.answer === undefined ? { description: 'Done.' } : withSchema('Done.', route.answer),
      default: { description: 'Refused; errcode says why, error what to do.' },
    },
  }
}

function bodyOf(route: Route): Json {
  if (route.bodyKind === 'stream') {
    return { requestBody: { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } }
  }
  return route.body === undefined
    ? {}
    : { requestBody: { content: { 'application/json': { schema: plain(route.body) } } } }
}

function withSchema(description: string, schema: unknown): Json {
  return { description, content: { 'application/json': { schema: plain(schema) } } }
}

function parametersOf(schema: unknown, place: 'path' | 'query', path: string): Json[] {
  const { properties = {}, required = [] } = (plain(schema) ?? {}) as {
    properties?: { [name: string]: unknown }
    required?: string[]
  }
  return Object.entries(properties)
    .filter(([name]) => place === 'query' || path.includes(`:${name}`))
    .map(([name, own]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: own,
    }))
}

/** The schema library marks its objects with keys that are no JSON Schema and no own enumerable ones. */
function plain(schema: unknown): unknown {
  return schema === undefined ? undefined : JSON.parse(JSON.stringify(schema))
}
