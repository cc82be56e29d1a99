/**
 * Every reason for which the authorisation rules refuse an event, and what the rule asks in a few words. The ids are
 * ours, because the specification's numbers move from one room version to the next.
 * https://spec.matrix.org/v1.19/rooms/ (the section "Authorisation rules" of each version)
 */
export const authRules = {
  'create.prev_events': 'a create event has no previous events',
  'create.room_id': 'its room id is of the sender’s server; from version 12 on it has none',
  'create.room_version': 'it names a version that is known',
  'create.creator': 'until version 10 it names the creator',
  'create.additional_creators': 'from version 12 on additional creators are a list of user ids',
  'create.missing': 'every other event follows an accepted create event',
  'room.id': 'from version 12 on the room id is the create event’s hash',
  'room.federate': 'a room that is not federated takes events of its own server only',
  'auth_events.duplicate': 'one auth event for each kind',
  'auth_events.unexpected': 'only what the selection asks for',
  'auth_events.rejected': 'none that was rejected',
  'auth_events.create': 'until version 11 the create event is among them',
  'auth_events.room': 'all of the same room',
  'aliases.state_key': 'until version 5 aliases are set by the server that they belong to',
  'member.malformed': 'a membership names a person and a membership',
  'member.unknown': 'the membership is one that the version knows',
  'join.sender': 'nobody joins for someone else',
  'join.banned': 'who is banned cannot join',
  'join.not_invited': 'without a public join rule, joining needs an invitation',
  'join.not_authorised': 'a restricted join is vouched for by a member who may invite',
  'join.rule': 'joining is possible under this join rule',
  'third_party_invite.banned': 'who is banned cannot be invited',
  'third_party_invite.malformed': 'it carries what the identity server signed',
  'third_party_invite.target': 'it was signed for this person',
  'third_party_invite.unknown': 'the room knows its token',
  'third_party_invite.sender': 'it is redeemed in the name of who made it',
  'third_party_invite.signature': 'one of the keys in the room signed it',
  'third_party_invite.power': 'making one needs the level to invite',
  'invite.sender': 'who invites is in the room',
  'invite.target': 'who is invited is neither in the room nor banned',
  'invite.power': 'inviting needs its power level',
  'leave.not_member': 'leaving needs a membership that can be left',
  'kick.sender': 'who removes others is in the room',
  'unban.power': 'lifting a ban needs the level to ban',
  'kick.power': 'removing others needs its power level and more power than they have',
  'ban.sender': 'who bans is in the room',
  'ban.power': 'banning needs its power level and more power than they have',
  'knock.rule': 'knocking is possible under this join rule',
  'knock.sender': 'nobody knocks for someone else',
  'knock.membership': 'who knocks is neither in the room, invited nor banned',
  'sender.not_joined': 'who sends is in the room',
  'event.power': 'each type of event has the power level that it needs',
  'state_key.user': 'a state key that looks like a person is set by this person',
  'power_levels.malformed': 'levels are whole numbers under known keys, and users are user ids',
  'power_levels.creators': 'from version 12 on creators have no entry',
  'power_levels.current': 'nobody changes a level above their own',
  'power_levels.new': 'nobody grants a level above their own',
  'power_levels.equal': 'nobody changes the level of someone with as much power',
  'redaction.power': 'in versions 1 and 2, redacting needs its power level or an event of one’s own server',
} as const

export type AuthRule = keyof typeof authRules

/** What a rule answers when it refuses; undefined everywhere means allowed. */
export type Denial = { readonly rule: AuthRule; readonly sentence: string }

export function deny(rule: AuthRule, sentence: string): Denial {
  return { rule, sentence }
}

/** The event is refused. The message is a sentence for the person who sent it. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed'
  readonly rule: AuthRule

  constructor(denial: Denial) {
    super(denial.sentence)
    this.rule = denial.rule
  }
}
