import type { CitizenParts } from '../parts.ts'
import type { OpenVisit } from '../visits/page-route.ts'

/** That it was she: the address that she proved, and from where. Kept sealed. */
export const proofOf = ({ session, ip }: OpenVisit) => ({
  address_id: session.addressId,
  proven: session.isStrong ? 'code and word' : 'code',
  ip,
})

/** The START of somebody who says so on these pages; a code to the address showed that she reads there. */
export function startOf({ clock, random }: CitizenParts, visit: OpenVisit, addressId: number) {
  return {
    addressId,
    channelId: 'pages',
    source: 'page' as const,
    actor: { kind: 'citizen' } as const,
    proofKey: `page ${random.token(16)}`,
    proof: proofOf(visit),
    atMs: clock.nowMs(),
  }
}
