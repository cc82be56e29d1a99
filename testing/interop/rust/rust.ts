import { join } from 'node:path'
import { type ClientKind, NotHere } from '../client.ts'
import { Puppet } from '../puppet.ts'
import { run } from '../tools.ts'

/** A client on matrix-rust-sdk, the engine of Element X, by sliding sync. Built with cargo, which takes minutes the first time. */
export const rustSdk: ClientKind = {
  name: 'matrix-rust-sdk 0.18',
  canEncrypt: true,
  async prepare(folder) {
    const target = join(folder, 'rust')
    const manifest = join(import.meta.dirname, 'Cargo.toml')
    try {
      await run('cargo', ['build', '--quiet', '--locked', '--manifest-path', manifest, '--target-dir', target])
    } catch (error) {
      throw new NotHere(`cargo could not build it (${(error as Error).message})`)
    }
    return () => new Puppet(join(target, 'debug', 'chancery-interop'), [])
  },
}
