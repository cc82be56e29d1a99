/**
 * GET /api/v1/consent_receipt_key
 *
 * - The public key that receipts of consent are signed with. Anybody may ask: receipts are checked without an account.
 */
import Type from 'typebox'
import type { SigningKey } from '#matrix/api.ts'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'

type Deps = { receiptKey: Pick<SigningKey, 'keyId' | 'publicKey'> }

export function getConsentReceiptKey({ receiptKey }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/consent_receipt_key',
    operation: 'getConsentReceiptKey',
    needs: 'nobody',
    rate: 'link',
    answer: Type.Object({ id: Type.String(), publicKey: Type.String() }),
    handle: async () => ({ id: receiptKey.keyId, publicKey: receiptKey.publicKey }),
  })
}
