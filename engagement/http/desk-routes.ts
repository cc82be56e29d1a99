import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Route } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { CannedReplies } from '../desk/canned-replies.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import type { Timeline } from '../desk/timeline.ts'
import type { Queues } from '../desk/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import { changeQueue } from './change-queue.ts'
import { createQueue } from './create-queue.ts'
import { fillCannedReply } from './fill-canned-reply.ts'
import { getConversation } from './get-conversation.ts'
import { handOverConversation } from './hand-over-conversation.ts'
import { listCannedReplies } from './list-canned-replies.ts'
import { listConversations } from './list-conversations.ts'
import { listQueues } from './list-queues.ts'
import { personTimeline } from './person-timeline.ts'
import { setConversationState } from './set-conversation-state.ts'
import { takeConversation } from './take-conversation.ts'
import { writeCannedReply } from './write-canned-reply.ts'

export type DeskRouteDeps = {
  readonly access: Pick<Access, 'require'>
  readonly agencies: Pick<Agencies, 'named'>
  readonly users: Pick<Users, 'byMatrixId'>
  readonly desk: Desk
  readonly queues: Queues
  readonly shown: Shown
  readonly timeline: Timeline
  readonly canned: CannedReplies
  readonly idempotency: Pick<Idempotency, 'once'>
}

/** What staff do with conversations, beside what any Matrix client does in their rooms. */
export function deskRoutes(deps: DeskRouteDeps): Route[] {
  return [
    listQueues(deps),
    createQueue(deps),
    changeQueue(deps),
    listConversations(deps),
    getConversation(deps),
    takeConversation(deps),
    handOverConversation(deps),
    ...setConversationState(deps),
    listCannedReplies(deps),
    ...writeCannedReply(deps),
    fillCannedReply(deps),
    personTimeline(deps),
  ]
}
