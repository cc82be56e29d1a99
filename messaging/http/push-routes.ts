import type { Route } from '#platform/api.ts'
import type { PushSettings } from '../push/create-push.ts'
import type { Notifications } from '../push/notifications.ts'
import type { PushRules } from '../push/push-rules.ts'
import type { Pushers } from '../push/pushers.ts'
import { deletePushRule } from './delete-push-rule.ts'
import { getNotifications } from './get-notifications.ts'
import { getPushRule } from './get-push-rule.ts'
import { getPushRuleActions } from './get-push-rule-actions.ts'
import { getPushRules } from './get-push-rules.ts'
import { getPushRulesGlobal } from './get-push-rules-global.ts'
import { getPushers } from './get-pushers.ts'
import { isPushRuleEnabled } from './is-push-rule-enabled.ts'
import { postPusher } from './post-pusher.ts'
import { setPushRule } from './set-push-rule.ts'
import { setPushRuleActions } from './set-push-rule-actions.ts'
import { setPushRuleEnabled } from './set-push-rule-enabled.ts'

export type PushRouteDeps = {
  readonly pushRules: PushRules
  readonly pushers: Pushers
  readonly notifications: Notifications
  readonly push: PushSettings
}

/** What notifies whom, and where. */
export function pushRoutes(all: PushRouteDeps): Route[] {
  return [
    getPushRules(all),
    getPushRulesGlobal(all),
    getPushRule(all),
    setPushRule(all),
    deletePushRule(all),
    isPushRuleEnabled(all),
    setPushRuleEnabled(all),
    getPushRuleActions(all),
    setPushRuleActions(all),
    getNotifications(all),
    getPushers(all),
    postPusher({ pushers: all.pushers, outboundOrigins: all.push.outboundOrigins }),
  ]
}
