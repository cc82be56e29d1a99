import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from './rule.ts'

const binary = /\.(png|jpe?g|gif|webp|avif|ico|woff2?|ttf|pdf|mp4|mp3|ogg|gz|zip|wasm|bin)$/

/** Every text file that is, or could be, part of the repository at `root`: what Git knows and what it does not ignore. */
export function readTree(root: string): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const paths = [...new Set(listed.toString().split('\0'))].filter((path) => path !== '' && !binary.test(path)).sort()
  const present = paths.filter((path) => existsSync(join(root, path)))
  return present.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}
