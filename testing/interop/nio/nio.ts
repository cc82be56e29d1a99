import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ClientKind, NotHere } from '../client.ts'
import { Puppet } from '../puppet.ts'
import { run } from '../tools.ts'

/** matrix-nio in a virtual environment of its own. Needs python3 with venv, and a package index that pip reaches. */
function nio(name: string, packages: readonly string[]): ClientKind {
  return {
    name,
    canEncrypt: true,
    async prepare(folder) {
      const environment = join(folder, name.replaceAll(/\W+/g, '-'))
      const python = join(environment, 'bin', 'python')
      const ready = join(environment, 'ready')
      if (!existsSync(ready)) {
        try {
          await run('python3', ['-m', 'venv', environment])
          await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
          await run(python, ['-c', 'from nio.crypto import ENCRYPTION_ENABLED; assert ENCRYPTION_ENABLED'])
          await run('touch', [ready])
        } catch (error) {
          throw new NotHere(`python3 with venv and pip could not install it (${(error as Error).message})`)
        }
      }
      const script = join(import.meta.dirname, 'puppet.py')
      return () => new Puppet(python, [script])
    },
  }
}

export const currentNio = nio('matrix-nio 0.26', ['matrix-nio[e2e]==0.26.0'])

/** The last that speaks r0 only, as Debian 12 has it; its encryption is libolm's. */
export const oldNio = nio('matrix-nio 0.20', ['matrix-nio[e2e]==0.20.2'])
