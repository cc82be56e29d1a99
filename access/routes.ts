import { isPermission } from './permissions.ts'

/**
 * The needs that are no permissions: nothing at all, a living session, and one that may be of an account that is locked
 * (signing out).
 */
const plainNeeds: ReadonlySet<string> = new Set(['nobody', 'session', 'session, locked or not'])

export function isPlainNeed(needs: string): boolean {
  return plainNeeds.has(needs)
}

type DeclaredRoute = { readonly method: string; readonly path: string | readonly string[]; readonly needs?: string }

/**
 * The routes that declare nothing, or a need that is not in the catalogue; for the test that walks the router.
 *
 * @returns `METHOD path (needs …)` of each; empty when all is well.
 */
export function undeclaredRoutes(routes: readonly DeclaredRoute[]): string[] {
  return routes
    .filter(({ needs }) => typeof needs !== 'string' || !(isPlainNeed(needs) || isPermission(needs)))
    .map((route) => `${route.method} ${[route.path].flat().join(' ')} (needs ${route.needs ?? 'nothing'})`)
}
