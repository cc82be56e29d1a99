import { limits } from '../limits.ts'
import { type SettableLimit, settableLimits } from '../settable-limits.ts'
import { type Option, optionKeys, optionOf, variablesOf } from './options.ts'

const lineWidth = 100

/** What --help prints. */
export function optionsHelp(): string {
  const heads = optionKeys.map((key) => `  ${headOf(optionOf(key))}`)
  const column = Math.max(...heads.map((head) => head.length)) + 2
  const rows = optionKeys.map((key, at) => {
    const option = optionOf(key)
    const lines = wrapped(`${option.meaning}${defaultSentence(option)}`, lineWidth - column)
    return lines.map((line, row) => (row === 0 ? heads[at]! : '').padEnd(column) + line).join('\n')
  })
  const note =
    'Each option is also a key of the YAML file and an environment variable: --server-name, server-name and ' +
    'CHANCERY_SERVER_NAME. The command line goes before the environment, the environment before the file. The secrets, ' +
    '--database-url, --registration-shared-secret and --channels, can be given as a file: --database-url-file FILE.'
  return ['Usage: npm start -- [OPTIONS]', '', ...rows, '', ...wrapped(note, lineWidth), ''].join('\n')
}

/** The text of docs/reference/options.md. */
export function optionsReference(): string {
  const rows = optionKeys.map((key) => {
    const option = optionOf(key)
    const variables = variablesOf(option).map((name) => `\`${name}\``)
    const cells = [`\`--${headOf(option).slice(2)}\``, variables.join(', '), defaultCell(option), option.meaning]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return [
    '# Options',
    '',
    'Generated from `platform/config/options.ts`. Give them after `npm start --`.',
    '',
    '| option | environment variable | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Where a value comes from',
    '',
    'The command line goes before the environment, the environment before the file, the file before the default. Empty',
    'environment variables count as absent. Paths are relative to the folder that the server is started in; `npm start`',
    'starts it in the folder of the repository.',
    '',
    'Everything that is given is checked, also where something else goes before it, and all mistakes are reported at',
    'once, each with where it stands and what would be right. Unknown options and unknown keys of the file are mistakes.',
    '',
    '## The file',
    '',
    '`--config FILE` names a YAML file. Its keys are the options without their hyphens in front:',
    '',
    '```yaml',
    'data: /var/lib/chancery',
    'master-key: /etc/chancery/master.key',
    'server-name: agency.example',
    'public-url: https://chat.agency.example',
    'trusted-proxies:',
    '  - 10.0.0.7',
    'registration-shared-secret-file: /etc/chancery/registration-secret',
    'channels:',
    '  - id: sms',
    '    kind: twilio-sms',
    '    accountSid: AC00000000000000000000000000000000',
    '    authTokenFile: /etc/chancery/twilio-token',
    '    from: "+15551230000"',
    '```',
    '',
    'In `channels`, a key that ends in `File` is the path of a file that holds the value. What each kind of channel needs',
    'stands in [operations/channels.md](../operations/channels.md).',
    '',
    '## Limits',
    '',
    'What `--limits` can change. All limits, with the reason for each, stand in `platform/limits.ts`.',
    '',
    '| limit | default | from | to | what it bounds |',
    '|---|---|---|---|---|',
    ...limitRows(),
    '',
    '## Secrets',
    '',
    '`database-url`, `registration-shared-secret` and `channels` can be given as a file that holds them, by `-file` after the name',
    '(`_FILE` after the environment variable): `--database-url-file FILE`, `CHANCERY_DATABASE_URL_FILE`. A line break at',
    'its end does not count. On the command line itself everybody on the machine can read a secret, so the server warns.',
    '',
  ].join('\n')
}

function limitRows(): string[] {
  return Object.entries(settableLimits).map(([name, { from, to, meaning }]) => {
    const usual = limits[name as SettableLimit]
    return `| \`${name}\` | ${usual} | ${from} | ${to} | ${meaning} |`
  })
}

function headOf({ name, placeholder }: Option): string {
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`
}

function defaultSentence(option: Option): string {
  const text = option.default ?? option.defaultMeaning ?? ''
  return text === '' ? '' : ` Default: ${text}.`
}

function defaultCell(option: Option): string {
  return option.default === undefined ? (option.defaultMeaning ?? '') : `\`${option.default}\``
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
