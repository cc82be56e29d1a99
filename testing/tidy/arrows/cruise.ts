import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult, type IModule } from 'dependency-cruiser'
import { arrows, default as rules } from '../../../.dependency-cruiser.js'

export type Violation = { rule: string; from: string; to: string; comment: string }
export type Cruised = { violations: Violation[]; modules: IModule[] }

/** Every folder of the house that exists under `root`, in the order of the table of arrows. */
export function foldersOfTheHouse(root: string): string[] {
  return [...Object.keys(arrows), 'server', 'testing'].filter((folder) => existsSync(join(root, folder)))
}

/**
 * Follows all imports under `root` and holds them against the law of arrows. The comment of a violation says what to do
 * instead.
 */
export async function cruiseArrows(root: string): Promise<Cruised> {
  const { options, forbidden } = rules as { options: object; forbidden: { name: string; comment: string }[] }
  // A path to a tsconfig.json is for the command line; imports resolve the same without it.
  const settings = {
    ...options,
    tsConfig: undefined,
    baseDir: root,
    ruleSet: { forbidden },
    validate: true,
    outputType: 'json' as const,
  }
  const { enhancedResolveOptions } = options as { enhancedResolveOptions: object }
  const result = await cruise(foldersOfTheHouse(root), settings as never, enhancedResolveOptions as never)
  const output = JSON.parse(String(result.output)) as ICruiseResult
  const comments = new Map(forbidden.map((rule) => [rule.name, rule.comment]))
  const violations = output.summary.violations.map((violation) => {
    const { name } = violation.rule
    return { rule: name, from: violation.from, to: violation.to, comment: comments.get(name) ?? '' }
  })
  return { violations, modules: output.modules }
}
