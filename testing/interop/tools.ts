import { spawn } from 'node:child_process'

const toldChars = 600

/** Runs a program to its end. Throws with the last it said when it fails, or is not there. */
export function run(command: string, args: readonly string[], options: { cwd?: string } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        said = (said + bytes).slice(-toldChars)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}: ${said.trim()}`))
    })
  })
}
