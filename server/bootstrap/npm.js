/** Asks npm to install exactly what a lock file names. */
import { delimiter, dirname } from 'node:path'
import { CannotPrepare, run } from './child.js'

/**
 * `npm ci` in `folder`, run by the Node.js at `node` with the npm that started us. What a person set for npm (registry,
 * proxy, cache) counts; what the npm above us only tells about its own run does not.
 *
 * @param {string} node
 * @param {string} folder
 * @param {readonly string[]} options
 * @param {string} what the things being installed, for the sentence when it fails
 */
export async function installExactly(node, folder, options, what) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle)_/.test(name) || name === 'npm_config_local_prefix') delete env[name]
  }
  const args = ['ci', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', ...options]
  const cli = process.env.npm_execpath
  const result = cli?.endsWith('npm-cli.js')
    ? await run(node, [cli, ...args], { cwd: folder, env })
    : await run('npm', args, { cwd: folder, env })
  if (result.code === 0) return
  throw new CannotPrepare(
    `${result.output.trim().split('\n').slice(-15).join('\n')}\n\n` +
      `${what} could not be installed: npm ended with code ${result.code}, and its last words stand above. ` +
      'Check that the package registry can be reached and that the disk has room, then run the same command again.',
  )
}
