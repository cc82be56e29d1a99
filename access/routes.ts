import { isPermission } from './permissions.ts'

/** The two needs that are no permissions: nothing at all, and just a living session. */
export function isKnownNeed(needs: string): boolean {
  return needs === 'nobody' || needs === 'session' || isPermission(needs)
}

type DeclaredRoute = { readonly method: string; readonly path: string | readonly string[]; readonly needs?: string }

/**
 * The routes that declare nothing, or a need that is not in the catalogue; for the test that walks the router.
 *
 * @returns `METHOD path (needs …)` of each; empty when all is well.
 */
export function undeclaredRoutes(routes: readonly DeclaredRoute[]): string[] {
  return routes
    .filter((route) => typeof route.needs !== 'string' || !isKnownNeed(route.needs))
    .map((route) => `${route.method} ${[route.path].flat().join(' ')} (needs ${route.needs ?? 'nothing'})`)
}
