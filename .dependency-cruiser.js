/**
 * The law of arrows: who may import whom. Every rule says in its comment what to do instead. `npm test -- arrows` checks it,
 * and `npm run arrows` draws what really is into docs/reference/arrows.md.
 */

/** One row for each folder: the folders it may import, and those only through their api.ts. */
export const arrows = {
  matrix: [],
  platform: ['matrix'],
  audit: ['platform'],
  access: ['platform'],
  identity: ['matrix', 'platform', 'audit', 'access'],
  messaging: ['matrix', 'platform', 'audit', 'access', 'identity'],
  channels: ['matrix', 'platform', 'audit'],
  federation: ['matrix', 'platform', 'audit', 'access', 'identity', 'messaging'],
  engagement: ['matrix', 'platform', 'audit', 'access', 'identity', 'messaging', 'channels'],
  records: ['matrix', 'platform', 'audit', 'access', 'identity', 'messaging', 'channels', 'engagement'],
  extensions: [
    ...['matrix', 'platform', 'audit', 'access', 'identity', 'messaging', 'federation', 'channels', 'engagement'],
    'records',
  ],
  citizen: ['platform', 'access', 'identity', 'channels', 'engagement'],
  web: [],
  bench: [],
  sdk: [],
}

/** Who knows everybody and is known by nobody. */
const roots = ['server', 'testing']
const everybody = [...Object.keys(arrows), ...roots].join('|')
const isTest = '\\.test\\.tsx?$'
/** Folders of the server that reach the machine only through platform/. */
const domains = 'audit|access|identity|messaging|channels|federation|engagement|records|extensions|citizen'

/** `web` and the like speak HTTP; everybody else is told which api.ts it may use. */
const rows = Object.entries(arrows).map(([folder, allowed]) => ({
  name: `arrows-of-${folder}`,
  severity: 'error',
  comment:
    allowed.length === 0
      ? `${folder}/ imports no other folder. Take what you need as an argument${folder === 'matrix' ? '' : ', or over HTTP'}.`
      : `${folder}/ may import ${allowed.join(', ')}. Where a call has to go the other way, ` +
        `declare a port (an interface) in ${folder}/api.ts and let server/ plug it in.`,
  from: { path: `^${folder}/`, pathNot: isTest },
  to: { path: `^(${everybody})/`, pathNot: `^(${[folder, ...allowed].join('|')})/` },
}))

const doors = [
  {
    name: 'only-through-api',
    severity: 'error',
    comment:
      'Folders meet at api.ts. Import "#folder/api.ts"; what is not there is private: export it, or declare a port.',
    from: { path: `^(${Object.keys(arrows).join('|')})/`, pathNot: isTest },
    to: { path: `^(${everybody})/`, pathNot: ['^$1/', '^[^/]+/api\\.ts$'] },
  },
  {
    name: 'factories-are-for-the-composition',
    severity: 'error',
    comment: 'index.ts builds a folder and is called by server/, testing/ and tests. Import "#folder/api.ts" instead.',
    from: { path: `^(${Object.keys(arrows).join('|')})/`, pathNot: isTest },
    to: { path: '^[^/]+/index\\.ts$' },
  },
  {
    name: 'server-enters-by-the-door',
    severity: 'error',
    comment: 'server/ puts folders together by their index.ts and api.ts. Export what it needs there.',
    from: { path: '^server/', pathNot: isTest },
    to: { path: `^(${Object.keys(arrows).join('|')})/`, pathNot: '^[^/]+/(api|index)\\.ts$' },
  },
  {
    name: 'no-relative-path-out-of-a-folder',
    severity: 'error',
    comment: 'Write "#folder/api.ts" instead of "../../folder/api.ts", so that every crossing is seen at once.',
    from: { path: `^(${everybody})/` },
    to: { path: `^(${everybody})/`, pathNot: '^$1/', dependencyTypesNot: ['aliased-subpath-import'] },
  },
  {
    name: 'nobody-imports-the-roots',
    severity: 'error',
    comment:
      'server/ and testing/ know everybody and nobody knows them; tests may use testing/. Declare a port instead.',
    from: { path: `^(${everybody})/`, pathNot: [isTest, '^(server|testing|bench)/'] },
    to: { path: `^(${roots.join('|')})/` },
  },
]

const insideAFolder = [
  {
    name: 'http-never-touches-store',
    severity: 'error',
    comment: 'An endpoint parses, asks access, calls a noun of its folder, presents. Move the statement behind a noun.',
    from: { path: `^(${domains})/http/`, pathNot: isTest },
    to: { path: '/store/' },
  },
  {
    name: 'store-knows-nobody-above',
    severity: 'error',
    comment:
      'A store file knows its table, api.ts and other store files. Pass values in, return rows; decide above it.',
    from: { path: '^(.+)/store/', pathNot: isTest },
    to: { path: '^$1/', pathNot: ['^$1/store/', '^$1/(api|types)\\.ts$'] },
  },
  {
    name: 'api-knows-no-implementation',
    severity: 'error',
    comment:
      'api.ts carries types, ports and pure values; an import of a store or an endpoint drags all of it to everyone.',
    from: { path: '^[^/]+/api\\.ts$' },
    to: { path: `/store/|^(${domains})/http/|^[^/]+/index\\.ts$` },
  },
  {
    name: 'web-models-know-no-views',
    severity: 'error',
    comment: 'web/matrix/ ← web/models/ ← web/ui/. Let the view subscribe to the model instead.',
    from: { path: '^web/(matrix|models)/', pathNot: isTest },
    to: { path: '^web/ui/|(^|/)node_modules/(react|react-dom|react-aria-components)/' },
  },
  {
    name: 'web-matrix-knows-no-models',
    severity: 'error',
    comment: 'web/matrix/ speaks the protocol and nothing above it. Pass a callback, or move the code to web/models/.',
    from: { path: '^web/matrix/', pathNot: isTest },
    to: { path: '^web/models/' },
  },
]

const machine = [
  {
    name: 'matrix-does-no-input-or-output',
    severity: 'error',
    comment:
      'matrix/ is pure functions; of Node.js it uses crypto, buffer, util and assert. Take the rest as an argument.',
    // node:net is there for isIP alone, which is a pure function.
    from: { path: '^matrix/', pathNot: [isTest, '^matrix/ids/server-name\\.ts$'] },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|util|assert)$' },
  },
  {
    name: 'the-machine-is-reached-through-platform',
    severity: 'error',
    comment: 'Files, sockets, processes and threads are platform/’s doors. Use or add one there (#platform/api.ts).',
    from: { path: `^(${domains})/`, pathNot: isTest },
    to: {
      dependencyTypes: ['core'],
      path: '^(node:)?(fs|fs/promises|net|tls|http|https|http2|dgram|dns|child_process|cluster|worker_threads|os|process)$',
    },
  },
  {
    name: 'libraries-behind-doors',
    severity: 'error',
    comment:
      'PostgreSQL, the HTTP framework, logs and metrics stand behind platform/. Use its interfaces (#platform/api.ts).',
    from: { path: `^(${domains})/`, pathNot: isTest },
    to: { path: '(^|/)node_modules/(pg|fastify|@fastify/[^/]+|pino|prom-client|graphile-worker)/' },
  },
]

const hygiene = [
  {
    name: 'tests-stay-out-of-products',
    severity: 'error',
    comment: 'What a test and the product share is a product file, or belongs to testing/.',
    from: { pathNot: isTest },
    to: { path: isTest },
  },
  {
    name: 'no-cycles',
    severity: 'error',
    comment: 'Move what both need into a third file, or pass it as an argument.',
    from: {},
    // Two types of one folder may name each other; nothing runs in a circle by that.
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-orphans',
    severity: 'error',
    comment: 'Nobody imports this file. Use it or delete it.',
    from: {
      orphan: true,
      pathNot: [isTest, '\\.d\\.ts$', '\\.config\\.ts$', '^\\.[^/]+$', '^server/bootstrap/', '^docs/', '^web/public/'],
    },
    to: {},
  },
  {
    name: 'nothing-unresolvable',
    severity: 'error',
    comment: 'This import leads nowhere. Correct the path, or add the package to package.json.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'packages-are-declared',
    severity: 'error',
    comment: 'The package is installed by accident only. Add it to package.json with an exact version.',
    // The bootstrap has a package.json of its own, for what it runs before anything is installed.
    from: { path: `^(${everybody})/`, pathNot: '^server/bootstrap/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'products-use-no-test-libraries',
    severity: 'error',
    comment: 'npm start does not install devDependencies. Move the package to dependencies, or the code to testing/.',
    from: { path: `^(${everybody})/`, pathNot: [isTest, '^(testing|bench|web/journeys)/'] },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '/@types/' },
  },
]

export default {
  forbidden: [...rows, ...doors, ...insideAFolder, ...machine, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/|^data/|^\\.chancery/|\\.(css|svg|png|woff2)$' },
    // Imports of types count: an arrow in the types is an arrow.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.d.ts'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
