import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StartRefused } from '../data-directory/start-refused.ts'
import { ConfigRefused } from './config-refused.ts'
import { commandLineNames, fileNames, optionKeys, optionOf, variableNames } from './options.ts'
import { readConfig } from './read-config.ts'

type Files = Record<string, string>

function read(argv: string[] = [], env: Record<string, string> = {}, files: Files = {}) {
  return readConfig({
    argv,
    env,
    readFile(path) {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return text
    },
  })
}

function refusal(argv: string[] = [], env: Record<string, string> = {}, files: Files = {}): ConfigRefused {
  try {
    read(argv, env, files)
  } catch (error) {
    if (error instanceof ConfigRefused) return error
    throw error
  }
  throw new Error('The configuration was taken.')
}

/** The only problem, as `key (from): text`. */
function problem(...given: Parameters<typeof refusal>): string {
  const { problems } = refusal(...given)
  expect(problems).toHaveLength(1)
  const { key, from, text } = problems[0]!
  return `${key} (${from}): ${text}`
}

describe('without anything', () => {
  it('starts on the defaults, and warns of nothing', () => {
    expect(read()).toEqual({
      warnings: [],
      config: {
        dataFolder: './data',
        masterKeyFile: undefined,
        port: 8008,
        host: '127.0.0.1',
        serverName: 'localhost',
        publicUrl: 'http://localhost:8008',
        trustedProxies: [],
        outboundOrigins: [],
        presence: true,
        pushContent: false,
        channels: [],
        stopMeansEverything: [],
        databaseUrl: undefined,
        defaultRoomVersion: '12',
        peopleSearch: 'everybody',
        media: {
          fileBytesMax: 100 * 2 ** 20,
          personBytesMax: 10 * 2 ** 30,
          serverBytesMax: undefined,
          isOpen: false,
          urlPreviews: false,
          previewHosts: undefined,
          previewHostsBlocked: [],
        },
        registrationSharedSecret: undefined,
        rateLimits: true,
        rates: {},
        limits: {},
        registration: 'closed',
        guests: false,
        accessTokenMinutes: 60,
        passwordHashing: 'strong',
        isDemo: false,
        testClock: false,
        simulatorPort: undefined,
        metricsPort: undefined,
        logLevel: 'info',
        wants: 'start',
      },
    })
  })

  it('every default is one that its own option takes', () => {
    for (const key of optionKeys) {
      const option = optionOf(key)
      if (option.default !== undefined) expect(option.kind.read(option.default), option.name).not.toBeUndefined()
    }
  })

  it('is frozen', () => {
    const { config } = read(['--trusted-proxies', '10.0.0.7'])
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.trustedProxies)).toBe(true)
  })
})

describe('where a value comes from', () => {
  const files = { 'c.yaml': 'port: 3' }

  it('the command line goes before the environment, the environment before the file', () => {
    const file = ['--config', 'c.yaml']
    expect(read([...file, '--port', '1'], { CHANCERY_PORT: '2' }, files).config.port).toBe(1)
    expect(read(file, { CHANCERY_PORT: '2' }, files).config.port).toBe(2)
    expect(read(file, {}, files).config.port).toBe(3)
    expect(read([], { CHANCERY_CONFIG: 'c.yaml' }, files).config.port).toBe(3)
  })

  it('the default public URL follows the port', () => {
    expect(read(['--port=9000']).config.publicUrl).toBe('http://localhost:9000')
  })

  it('takes a value after a space or an equals sign, also one that holds equals signs', () => {
    expect(read(['--data', '/a=b']).config.dataFolder).toBe('/a=b')
    expect(read(['--data=/a=b']).config.dataFolder).toBe('/a=b')
  })

  it('--demo stands alone and takes nothing that follows', () => {
    expect(read(['--demo', '--port', '1']).config).toMatchObject({ isDemo: true, port: 1 })
    expect(read(['--demo=off'], { CHANCERY_DEMO: 'on' }).config.isDemo).toBe(false)
    expect(read([], { CHANCERY_DEMO: 'true' }).config.isDemo).toBe(true)
    expect(read(['--config=c'], {}, { c: 'demo: true\nrate-limits: off' }).config).toMatchObject({
      isDemo: true,
      rateLimits: false,
    })
  })

  it('an empty environment variable is absent', () => {
    expect(read([], { CHANCERY_PORT: '', DATABASE_URL: '' }).config).toEqual(read().config)
  })

  it('CHANCERY_DATABASE_URL goes before DATABASE_URL', () => {
    const theirs = 'postgres://a@b/theirs'
    const ours = 'postgresql://a@b/ours'
    expect(read([], { DATABASE_URL: theirs }).config.databaseUrl).toBe(theirs)
    expect(read([], { DATABASE_URL: theirs, CHANCERY_DATABASE_URL: ours }).config.databaseUrl).toBe(ours)
  })

  it('every option can be given in every place that it names', () => {
    for (const key of optionKeys) {
      const { name, notIn = [] } = optionOf(key)
      expect(commandLineNames.get(name)?.key).toBe(key)
      const variable = `CHANCERY_${name.toUpperCase().replaceAll('-', '_')}`
      expect(variableNames.get(variable)?.key).toBe(notIn.includes('environment') ? undefined : key)
      expect(fileNames.get(name)?.key).toBe(notIn.includes('file') ? undefined : key)
    }
  })
})

describe('the file', () => {
  const inFile = (text: string) => read(['--config', 'c.yaml'], {}, { 'c.yaml': text }).config
  const wrongFile = (text: string) => problem(['--config', 'c.yaml'], {}, { 'c.yaml': text })

  it('may be empty, or hold only comments', () => {
    expect(inFile('')).toEqual(read().config)
    expect(inFile('# nothing yet\n')).toEqual(read().config)
  })

  it('takes a list of proxies as YAML has lists', () => {
    expect(inFile('trusted-proxies:\n  - 10.0.0.7\n  - fd00::/8\n').trustedProxies).toEqual(['10.0.0.7', 'fd00::/8'])
    expect(inFile('trusted-proxies: 10.0.0.7, 10.1.0.0/16').trustedProxies).toEqual(['10.0.0.7', '10.1.0.0/16'])
  })

  it('takes the list of channels as it is written, numbers with their plus, and secrets from files', () => {
    const files = {
      'c.yaml': 'channels:\n  - id: sms\n    from: +15550001000\n    isOn: true\n    dkim: { keyFile: /run/key }\n',
      '/run/key': 'quite secret\n',
    }
    expect(read(['--config', 'c.yaml'], {}, files).config.channels).toEqual([
      { id: 'sms', from: '+15550001000', isOn: true, dkim: { key: 'quite secret' } },
    ])
    expect(read(['--channels', '[{"id": "a"}]'], {}, files).config.channels).toEqual([{ id: 'a' }])
    expect(read(['--channels-file', 'list'], {}, { list: '[{"id": "b"}]' }).config.channels).toEqual([{ id: 'b' }])
    const gone = problem(['--config', 'c.yaml'], {}, { 'c.yaml': 'channels:\n  - authTokenFile: /gone\n' })
    expect(gone).toContain('channels (c.yaml, line 1): The file /gone does not exist.')
    for (const wrong of ['channels: sms', 'channels:\n  - sms', 'channels:\n  id: sms', 'channels:\n  - [a]']) {
      expect(wrongFile(wrong)).toContain('Its value cannot be used. Give a list of channels')
    }
  })

  it('takes countries with the day from which something holds there', () => {
    const dates = (text: string) => read(['--stop-means-everything', text]).config.stopMeansEverything
    expect(dates('US=never, HU=2026-06-01')).toEqual([
      { country: 'US', fromMs: Number.POSITIVE_INFINITY },
      { country: 'HU', fromMs: Date.UTC(2026, 5, 1) },
    ])
    for (const wrong of ['US', 'us=never', 'US=2027-13-01', 'US=soon']) {
      expect(problem(['--stop-means-everything', wrong])).toContain('Give countries, each with the day')
    }
  })

  it('names the line of a mistake', () => {
    expect(wrongFile('# comment\n\nport: x\n')).toBe(
      'port (c.yaml, line 3): "x" cannot be used. Give a number from 1 to 65535.',
    )
    expect(wrongFile('port: 1\nserver_nam: x\n')).toBe(
      'server_nam (c.yaml, line 2): There is no such option. Did you mean server-name?',
    )
    expect(wrongFile('port: 1\nport: 2\n')).toContain('port (c.yaml, line 2): It stands twice')
    expect(wrongFile('port: 1\nhost: [a]\n')).toContain('host (c.yaml, line 2): Its value cannot be read.')
    expect(wrongFile('port: 1\nhost:\n')).toContain('host (c.yaml, line 2): Its value cannot be read.')
    expect(wrongFile('port: 1\nhost: "x\n')).toContain('config (c.yaml, line')
    expect(wrongFile('- a\n')).toContain('config (c.yaml, line 1): The file must hold option names')
  })

  it('cannot name another file, nor ask for help', () => {
    expect(wrongFile('config: d.yaml')).toContain('There is no such option.')
    expect(wrongFile('help: true')).toContain('There is no such option.')
  })

  it('that cannot be read is refused', () => {
    expect(problem(['--config', 'gone.yaml'])).toContain('config (command line): The file gone.yaml does not exist.')
  })

  it('whatever it holds, is taken or refused in sentences', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        try {
          read(['--config', 'c'], {}, { c: text })
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigRefused)
        }
      }),
    )
  })
})

describe('mistakes', () => {
  it('are all reported at once, each with where it stands and what would be right', () => {
    const error = refusal(
      ['--prot', '80', '--host', '0.0.0.0:1', 'word', '--data'],
      { CHANCERY_PORT: 'x', CHANCERY_CONFIG: 'c.yaml' },
      { 'c.yaml': 'log-level: loud\nserverName: a' },
    )
    expect(error).toBeInstanceOf(StartRefused)
    expect(error.problems.map(({ key, from }) => `${key} (${from})`).sort()).toEqual([
      '--prot (command line)',
      'data (command line)',
      'host (command line)',
      'log-level (c.yaml, line 1)',
      'port (environment variable CHANCERY_PORT)',
      'serverName (c.yaml, line 2)',
      'word (command line)',
    ])
    for (const { key, from, text } of error.problems) expect(error.message).toContain(`  ${key} (${from}): ${text}\n`)
    expect(error.message).toContain('These 7 things must be changed')
    expect(error.message).toContain('Did you mean --port?')
    expect(error.message).toContain('Give debug, info, warn or error.')
  })

  it('are found also where something else goes before them', () => {
    expect(problem(['--port', '1'], { CHANCERY_PORT: 'x' })).toContain('environment variable CHANCERY_PORT')
  })

  it.each([
    ['--port', '0'],
    ['--port', '65536'],
    ['--port', '80.5'],
    ['--port', '-1'],
    ['--metrics-port', '70000'],
    ['--host', 'http://x'],
    ['--host', '1.2.3'],
    ['--server-name', 'a b'],
    ['--server-name', 'https://a.example'],
    ['--server-name', 'a:99999'],
    ['--public-url', 'chat.example'],
    ['--public-url', 'ftp://chat.example'],
    ['--public-url', 'https://chat.example/path'],
    ['--public-url', 'https://chat.example?x'],
    ['--public-url', 'https://a:b@chat.example'],
    ['--trusted-proxies', 'proxy.example'],
    ['--outbound-origins', 'push.agency.example'],
    ['--media-file-size', '100'],
    ['--media-file-size', 'off'],
    ['--media-total', '0 MiB'],
    ['--media-per-person', '1.5 GiB'],
    ['--url-preview-hosts', 'https://a.example'],
    ['--url-preview-hosts', 'a.example,*'],
    ['--outbound-origins', 'https://a.example/path'],
    ['--outbound-origins', 'https://a.example,,https://b.example'],
    ['--trusted-proxies', '0.0.0.0/0'],
    ['--trusted-proxies', '10.0.0.0/33'],
    ['--trusted-proxies', '10.0.0.7,,10.0.0.8'],
    ['--database-url', 'mysql://a@b/c'],
    ['--rate-limits', 'maybe'],
    ['--password-hashing', 'none'],
    ['--log-level', 'trace'],
    ['--data', ' '],
    ['--master-key', ''],
  ])('%s %s is refused', (name, value) => {
    expect(problem([`${name}=${value}`])).toMatch(new RegExp(`^${name.slice(2)} \\(command line\\): .* Give `))
  })

  it.each([
    ['--host', '::'],
    ['--host', 'chat.internal'],
    ['--server-name', '[::1]:8448'],
    ['--public-url', 'https://Chat.Example:443/'],
    ['--trusted-proxies', '10.0.0.7,192.168.0.0/16,fd00::/8'],
    ['--outbound-origins', 'https://push.agency.example, http://10.0.0.7:5000'],
    ['--media-file-size', '2GiB'],
    ['--media-per-person', 'off'],
    ['--media-total', '2 TiB'],
    ['--url-preview-hosts', 'a.example, *.b.example'],
  ])('%s %s is taken', (name, value) => expect(read([name, value]).config).toBeDefined())

  it('the public URL is an origin without a slash at its end', () => {
    expect(read(['--public-url', 'https://Chat.Example:443/']).config.publicUrl).toBe('https://chat.example')
  })

  it('one option twice is refused, and so is a value that is missing', () => {
    expect(problem(['--port', '1', '--port', '2'])).toContain('It is given twice.')
    expect(problem(['--data', '--demo'])).toContain('data (command line): A value is missing.')
  })

  it('the metrics need a port of their own', () => {
    expect(problem(['--metrics-port', '8008'])).toContain('metrics-port (command line): Port 8008 is already')
    expect(read(['--metrics-port', '0']).config.metricsPort).toBeUndefined()
    expect(read(['--metrics-port', '9000']).config.metricsPort).toBe(9000)
  })

  it('an unknown variable is a warning: container platforms set such ones themselves', () => {
    expect(read([], { CHANCERY_SERVICE_HOST: '10.0.0.1' }).warnings).toEqual([
      expect.stringContaining('The environment variable CHANCERY_SERVICE_HOST was not used.'),
    ])
    expect(read([], { CHANCERY_SERVERNAME: 'x' }).warnings[0]).toContain('Did you mean CHANCERY_SERVER_NAME?')
  })

  it('control characters of what was given never reach the terminal', () => {
    expect(problem(['--port', '\u001b[31m1'])).not.toContain('\u001b')
    expect(problem(['--\u001b[31m'])).not.toContain('\u001b')
  })

  it('help and version are answered whatever else is wrong', () => {
    expect(read(['--port', 'x', '--help', '--nonsense']).config.wants).toBe('help')
    expect(read(['-h']).config.wants).toBe('help')
    expect(read(['--version'], { CHANCERY_PORT: 'x' }).config.wants).toBe('version')
  })
})

describe('secrets', () => {
  const files = { '/run/secret': 'quite secret\n', '/run/empty': '\n', '/run/url': 'mysql://u:w0rd@h/d' }

  it('can be given as a file in every place', () => {
    const config = { 'c.yaml': 'registration-shared-secret-file: /run/secret', ...files }
    for (const { config: taken } of [
      read(['--registration-shared-secret-file', '/run/secret'], {}, files),
      read([], { CHANCERY_REGISTRATION_SHARED_SECRET_FILE: '/run/secret' }, files),
      read(['--config', 'c.yaml'], {}, config),
    ]) {
      expect(taken.registrationSharedSecret).toBe('quite secret')
    }
  })

  it('a file goes by its place, as a value does', () => {
    const env = { CHANCERY_REGISTRATION_SHARED_SECRET: 'from the environment' }
    const { config } = read(['--registration-shared-secret-file', '/run/secret'], env, files)
    expect(config.registrationSharedSecret).toBe('quite secret')
  })

  it('given in both ways in one place, or as an empty or missing file, they are refused', () => {
    const both = { CHANCERY_REGISTRATION_SHARED_SECRET: 'a', CHANCERY_REGISTRATION_SHARED_SECRET_FILE: '/run/secret' }
    expect(problem([], both, files)).toContain('The same is also given by registration-shared-secret (')
    expect(problem(['--registration-shared-secret-file', '/run/empty'], {}, files)).toContain('What the file holds')
    expect(problem(['--registration-shared-secret-file', '/gone'], {}, files)).toContain('/gone does not exist')
  })

  it('never stand in a message', () => {
    expect(problem(['--database-url', 'mysql://u:w0rd@h/d'])).not.toContain('w0rd')
    expect(problem(['--database-url-file', '/run/url'], {}, files)).not.toContain('w0rd')
  })

  it('on the command line bring a warning', () => {
    const { warnings } = read(['--registration-shared-secret', 'quite secret'])
    expect(warnings).toEqual([expect.stringContaining('Use --registration-shared-secret-file or CHANCERY_')])
    expect(warnings.join()).not.toContain('quite secret')
  })
})

describe('warnings', () => {
  const { warnings: none } = read(['--host', '127.0.0.5'])

  it('a listener that others reach wants a proxy that encrypts', () => {
    expect(none).toEqual([])
    expect(read(['--host', '0.0.0.0']).warnings).toEqual([expect.stringContaining('listens on 0.0.0.0 without')])
    expect(
      read(['--host', '::', '--public-url', 'https://a.example', '--trusted-proxies', '10.0.0.7']).warnings,
    ).toEqual([])
    expect(read(['--host', '::', '--trusted-proxies', '10.0.0.7']).warnings).toEqual([])
  })

  it('so does a public URL without encryption, and a proxy that is not known', () => {
    expect(read(['--public-url', 'http://a.example']).warnings).toEqual([expect.stringContaining('not encrypted')])
    expect(read(['--public-url', 'https://a.example']).warnings).toEqual([expect.stringContaining('--trusted-proxies')])
  })

  it('what is for tests only says so loudly', () => {
    const { warnings } = read(['--rate-limits', 'off', '--password-hashing', 'cheap', '--test-clock'])
    expect(warnings).toHaveLength(3)
    for (const warning of warnings) expect(warning).toMatch(/^FOR TESTS ONLY: /)
  })
})
