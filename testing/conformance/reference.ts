import type { Operation } from './specification.ts'
import { hollow, unsupported } from './unsupported.ts'

/** The text of docs/reference/matrix-api.md. */
export function matrixApiReference(known: readonly Operation[]): string {
  const operations = known.filter(({ isProposed }) => !isProposed)
  const supported = operations.filter(({ id }) => unsupported[id] === undefined)
  const rest = operations.filter(({ id }) => unsupported[id] !== undefined)
  const deprecated = (operation: Operation) => (operation.isDeprecated ? ' (deprecated)' : '')
  return [
    '# The Matrix client-server API',
    '',
    `Of the ${operations.length} operations that the specification (v1.19) has, ${supported.length} are served, ` +
      `${Object.keys(hollow).length} of them with`,
    'nothing behind. Older versions of their paths (`r0`) are served as well. Generated from the specification and',
    '`testing/conformance/unsupported.ts`, and held against the routes of the server by a test.',
    '',
    '## Not supported',
    '',
    'These answer 404 with `M_UNRECOGNIZED`, as the specification asks of a server that does not have them. Where another',
    'operation has the same path, what is asked is taken for that one, and refused as incomplete.',
    '',
    '| operation | request | why |',
    '|---|---|---|',
    ...rest.map((one) => `| ${one.id}${deprecated(one)} | \`${one.method} ${one.path}\` | ${unsupported[one.id]} |`),
    '',
    '## Served, with nothing behind',
    '',
    '| operation | request | what it answers |',
    '|---|---|---|',
    ...supported
      .filter(({ id }) => hollow[id] !== undefined)
      .map((one) => `| ${one.id}${deprecated(one)} | \`${one.method} ${one.path}\` | ${hollow[one.id]} |`),
    '',
    '## Supported',
    '',
    '| operation | request |',
    '|---|---|',
    ...supported
      .filter(({ id }) => hollow[id] === undefined)
      .map((one) => `| ${one.id}${deprecated(one)} | \`${one.method} ${one.path}\` |`),
    '',
    '## Beyond the specification',
    '',
    'Simplified sliding sync (MSC4186), which is accepted and in no released version yet, under both of its paths:',
    '',
    ...known.filter(({ isProposed }) => isProposed).map((one) => `- \`${one.method} ${one.path}\``),
    '',
    ...beyond,
    '',
  ].join('\n')
}

/** Proposals that clients lean on already, and where this server does otherwise. */
const beyond = [
  'Of proposals that clients lean on already, under the names that they have until they are merged:',
  '',
  '- Events that are sent later (MSC4140). Whoever manages one needs the session of its sender, not its id alone.',
  '- Sticky events (MSC4354), over sliding sync too (MSC4480).',
  '- Threads over sliding sync (MSC4360): in which of them something was said. What is said of a root (an edit) is no such thing.',
  '- Subscriptions to threads (MSC4306), over sliding sync too (MSC4308). The push rules for them are off until somebody turns them',
  '  on: with them on, whoever uses an app that knows nothing of subscriptions would hear of no thread any more.',
  '',
  'Presence is not told over sliding sync: no proposal and no client has an extension for it. What a device says of its person by',
  '`set_presence` is heard there as well, and told by `/sync`.',
]
