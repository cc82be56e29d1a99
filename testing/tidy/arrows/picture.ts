import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IModule } from 'dependency-cruiser'
import { type Cruised, cruiseArrows, foldersOfTheHouse, type Violation } from './cruise.ts'

/** Where the picture of arrows is kept, from the root of the repository. */
export const pictureFile = join('docs', 'reference', 'arrows.md')

/**
 * The picture of who really imports whom, one box a folder, as a Markdown page with a Mermaid graph. Tests are left out,
 * and so are the arrows from the folders that know everybody.
 */
export function drawPicture(folders: readonly string[], modules: readonly IModule[]): string {
  const folderOf = (path: string) => path.slice(0, path.indexOf('/'))
  const drawn = new Set<string>()
  for (const module of modules) {
    if (/\.test\.tsx?$/.test(module.source)) continue
    for (const dependency of module.dependencies) {
      const [from, to] = [folderOf(module.source), folderOf(dependency.resolved)]
      if (from !== to && folders.includes(from) && folders.includes(to)) drawn.add(`  ${from} --> ${to}`)
    }
  }
  return [
    '# Who imports whom',
    '',
    'Drawn from the imports in the code by `npm run arrows`; `npm test` fails when it is out of date.',
    'The law behind it, with what to do instead of breaking it, stands in `.dependency-cruiser.js`.',
    '',
    '```mermaid',
    'flowchart TD',
    ...folders.map((folder) => `  ${folder}`),
    ...[...drawn].sort(),
    '```',
    '',
  ].join('\n')
}

/** All that is wrong with the arrows of the repository at `root`: broken rules, and a picture that is out of date. */
export async function checkArrows(root: string): Promise<Violation[]> {
  const cruised = await cruiseArrows(root)
  return [...cruised.violations, ...checkPicture(root, cruised)]
}

function checkPicture(root: string, { modules }: Cruised): Violation[] {
  const path = join(root, pictureFile)
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (kept === drawPicture(foldersOfTheHouse(root), modules)) return []
  const comment = 'The picture does not show the arrows of the code. Draw it again with: npm run arrows'
  return [{ rule: 'picture-is-current', from: pictureFile, to: 'the imports in the code', comment }]
}
