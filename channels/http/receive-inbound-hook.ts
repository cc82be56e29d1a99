/**
 * POST /hooks/{channel}/inbound
 *
 * - For a channel's provider, when a citizen wrote. Signed in the provider's own way over the public URL.
 * - What is answered with 200 is stored durably. The same hook again changes nothing and is answered alike.
 */
import Type from 'typebox'
import { limits, type Route, route } from '#platform/api.ts'
import type { HookDoor } from '../hooks/hook-door.ts'

export function receiveInboundHook({ door }: { door: HookDoor }): Route {
  return route({
    method: 'POST',
    path: '/hooks/:channel/inbound',
    operation: 'receiveInboundHook',
    needs: 'nobody',
    params: Type.Object({ channel: Type.String() }),
    bodyKind: 'bytes',
    bodyBytesMax: limits.hookBytesMax,
    handle: ({ params, headers, url, body }) =>
      door.receive({ channelId: params.channel, path: 'inbound', url, headers, body }),
  })
}
