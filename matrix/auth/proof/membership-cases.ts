import type { JsonObject } from '../../json/json.ts'
import { signingKeyFromSeed, signJson } from '../../signing/signing.ts'
import {
  type AuthCase,
  ada,
  baseUsers,
  ben,
  cleo,
  dora,
  type EventOfCase,
  emil,
  finn,
  gwen,
  hugo,
} from './room-of-cases.ts'

/**
 * Memberships. Source: the rules for `m.room.member` in each room version of the specification.
 * https://spec.matrix.org/v1.19/rooms/
 */
function member(sender: string, stateKey: string, membership: string, more: JsonObject = {}): EventOfCase {
  return { type: 'm.room.member', sender, stateKey, content: { membership, ...more } }
}

const join = (userId: string, more: JsonObject = {}) => member(userId, userId, 'join', more)
const leave = (userId: string) => member(userId, userId, 'leave')
const knock = (userId: string) => member(userId, userId, 'knock')

const shape: AuthCase[] = [
  {
    what: 'a membership without a state key',
    refusedBy: 'member.malformed',
    event: { type: 'm.room.member', sender: cleo, content: { membership: 'join' } },
  },
  {
    what: 'a membership event without a membership',
    refusedBy: 'member.malformed',
    event: { type: 'm.room.member', sender: cleo, stateKey: cleo },
  },
  { what: 'an invented membership', refusedBy: 'member.unknown', event: member(cleo, cleo, 'lurk') },
  {
    what: 'a membership that is no text',
    refusedBy: 'member.unknown',
    event: { ...join(cleo), content: { membership: 1 } },
  },
]

const joins: AuthCase[] = [
  {
    what: 'joining for someone else',
    refusedBy: 'join.sender',
    room: { joinRule: 'public' },
    event: member(ben, finn, 'join'),
  },
  { what: 'joining while banned', refusedBy: 'join.banned', room: { joinRule: 'public' }, event: join(emil) },
  { what: 'joining a public room', room: { joinRule: 'public' }, event: join(finn) },
  { what: 'coming back to a public room', room: { joinRule: 'public' }, event: join(hugo) },
  { what: 'accepting an invitation', event: join(dora) },
  { what: 'changing one’s profile in a room by invitation', event: join(cleo) },
  { what: 'joining by invitation without one', refusedBy: 'join.not_invited', event: join(finn) },
  { what: 'coming back without an invitation', refusedBy: 'join.not_invited', event: join(hugo) },
  {
    what: 'joining where no join rule stands',
    refusedBy: 'join.not_invited',
    room: { joinRule: null },
    event: join(finn),
  },
  { what: 'accepting an invitation where no join rule stands', room: { joinRule: null }, event: join(dora) },
  {
    what: 'an invented join rule, even with an invitation',
    refusedBy: 'join.rule',
    room: { joinRule: 'vip' },
    event: join(dora),
  },
  { what: 'the join rule private', refusedBy: 'join.rule', room: { joinRule: 'private' }, event: join(cleo) },
]

const knocks: AuthCase[] = [
  {
    what: 'accepting an invitation where people knock',
    versions: [7, 12],
    room: { joinRule: 'knock' },
    event: join(dora),
  },
  {
    what: 'the join rule knock, before it existed',
    refusedBy: 'join.rule',
    versions: [1, 6],
    room: { joinRule: 'knock' },
    event: join(dora),
  },
  {
    what: 'joining where one has only knocked',
    refusedBy: 'join.not_invited',
    versions: [7, 12],
    room: { joinRule: 'knock' },
    event: join(gwen),
  },
  { what: 'knocking', versions: [7, 12], room: { joinRule: 'knock' }, event: knock(finn) },
  { what: 'knocking after leaving', versions: [7, 12], room: { joinRule: 'knock' }, event: knock(hugo) },
  { what: 'knocking again', versions: [7, 12], room: { joinRule: 'knock' }, event: knock(gwen) },
  {
    what: 'knocking, before it existed',
    refusedBy: 'member.unknown',
    versions: [1, 6],
    room: { joinRule: 'knock' },
    event: knock(finn),
  },
  { what: 'knocking where nobody listens', refusedBy: 'knock.rule', versions: [7, 12], event: knock(finn) },
  {
    what: 'knocking at a public room',
    refusedBy: 'knock.rule',
    versions: [7, 12],
    room: { joinRule: 'public' },
    event: knock(finn),
  },
  {
    what: 'knocking where both ways are open',
    versions: [10, 12],
    room: { joinRule: 'knock_restricted' },
    event: knock(finn),
  },
  {
    what: 'knocking where both ways are open, too early',
    refusedBy: 'knock.rule',
    versions: [7, 9],
    room: { joinRule: 'knock_restricted' },
    event: knock(finn),
  },
  {
    what: 'knocking for someone else',
    refusedBy: 'knock.sender',
    versions: [7, 12],
    room: { joinRule: 'knock' },
    event: member(ben, finn, 'knock'),
  },
  {
    what: 'knocking from inside',
    refusedBy: 'knock.membership',
    versions: [7, 12],
    room: { joinRule: 'knock' },
    event: knock(cleo),
  },
  {
    what: 'knocking with an invitation',
    refusedBy: 'knock.membership',
    versions: [7, 12],
    room: { joinRule: 'knock' },
    event: knock(dora),
  },
  {
    what: 'knocking while banned',
    refusedBy: 'knock.membership',
    versions: [7, 12],
    room: { joinRule: 'knock' },
    event: knock(emil),
  },
]

const vouched = { join_authorised_via_users_server: cleo }
const restricted: AuthCase[] = [
  ...(['restricted', 'knock_restricted'] as const).flatMap((joinRule): AuthCase[] => {
    const first = joinRule === 'restricted' ? 8 : 10
    const room = { joinRule }
    return [
      { what: `${joinRule}: with an invitation`, versions: [first, 12], room, event: join(dora) },
      { what: `${joinRule}: from inside`, versions: [first, 12], room, event: join(cleo) },
      { what: `${joinRule}: vouched for by a member`, versions: [first, 12], room, event: join(finn, vouched) },
      {
        what: `${joinRule}: before it existed`,
        refusedBy: 'join.rule',
        versions: [1, first - 1],
        room,
        event: join(finn, vouched),
      },
      {
        what: `${joinRule}: nobody vouches`,
        refusedBy: 'join.not_authorised',
        versions: [first, 12],
        room,
        event: join(finn),
      },
      {
        what: `${joinRule}: who vouches is not inside`,
        refusedBy: 'join.not_authorised',
        versions: [first, 12],
        room,
        event: join(finn, { join_authorised_via_users_server: hugo }),
      },
      {
        what: `${joinRule}: who vouches may not invite`,
        refusedBy: 'join.not_authorised',
        versions: [first, 12],
        room: { joinRule, levels: { invite: 50 } },
        event: join(finn, vouched),
      },
      {
        what: `${joinRule}: vouched for while banned`,
        refusedBy: 'join.banned',
        versions: [first, 12],
        room,
        event: join(emil, vouched),
      },
    ]
  }),
]

const invites: AuthCase[] = [
  { what: 'inviting someone new', event: member(cleo, finn, 'invite') },
  { what: 'inviting someone who left', event: member(cleo, hugo, 'invite') },
  { what: 'inviting someone who has knocked', event: member(cleo, gwen, 'invite') },
  { what: 'inviting again', event: member(cleo, dora, 'invite') },
  { what: 'inviting from outside', refusedBy: 'invite.sender', event: member(hugo, finn, 'invite') },
  { what: 'inviting when only invited', refusedBy: 'invite.sender', event: member(dora, finn, 'invite') },
  { what: 'inviting a member', refusedBy: 'invite.target', event: member(ben, cleo, 'invite') },
  { what: 'inviting someone banned', refusedBy: 'invite.target', event: member(ben, emil, 'invite') },
  {
    what: 'inviting below the level',
    refusedBy: 'invite.power',
    room: { levels: { invite: 50 } },
    event: member(cleo, finn, 'invite'),
  },
  { what: 'inviting at the level', room: { levels: { invite: 50 } }, event: member(ben, finn, 'invite') },
]

const removals: AuthCase[] = [
  { what: 'leaving', event: leave(cleo) },
  { what: 'declining an invitation', event: leave(dora) },
  { what: 'withdrawing a knock', versions: [7, 12], event: leave(gwen) },
  {
    what: 'withdrawing a knock, before it existed',
    refusedBy: 'leave.not_member',
    versions: [1, 6],
    event: leave(gwen),
  },
  { what: 'leaving twice', refusedBy: 'leave.not_member', event: leave(hugo) },
  { what: 'leaving where one never was', refusedBy: 'leave.not_member', event: leave(finn) },
  { what: 'leaving a ban behind', refusedBy: 'leave.not_member', event: leave(emil) },
  { what: 'removing from outside', refusedBy: 'kick.sender', event: member(hugo, cleo, 'leave') },
  { what: 'removing a member', event: member(ben, cleo, 'leave') },
  { what: 'withdrawing an invitation', event: member(ben, dora, 'leave') },
  { what: 'removing below the level', refusedBy: 'kick.power', event: member(cleo, hugo, 'leave') },
  {
    what: 'removing someone as powerful',
    refusedBy: 'kick.power',
    room: { levels: { users: { ...baseUsers, [cleo]: 50 } } },
    event: member(ben, cleo, 'leave'),
  },
  { what: 'removing whoever opened the room', refusedBy: 'kick.power', event: member(ben, ada, 'leave') },
  { what: 'lifting a ban', event: member(ben, emil, 'leave') },
  {
    what: 'lifting a ban below the level to ban',
    refusedBy: 'unban.power',
    room: { levels: { ban: 60 } },
    event: member(ben, emil, 'leave'),
  },
  {
    what: 'lifting a ban below the level to remove',
    refusedBy: 'kick.power',
    room: { levels: { kick: 60 } },
    event: member(ben, emil, 'leave'),
  },
  { what: 'banning a member', event: member(ben, cleo, 'ban') },
  { what: 'banning someone who is not there', event: member(ben, finn, 'ban') },
  { what: 'banning from outside', refusedBy: 'ban.sender', event: member(hugo, cleo, 'ban') },
  { what: 'banning below the level', refusedBy: 'ban.power', event: member(cleo, finn, 'ban') },
  { what: 'banning whoever opened the room', refusedBy: 'ban.power', event: member(ben, ada, 'ban') },
  { what: 'banning oneself', refusedBy: 'ban.power', event: member(ben, ben, 'ban') },
]

const identityKey = signingKeyFromSeed(Buffer.alloc(32, 1), '1')
const otherKey = signingKeyFromSeed(Buffer.alloc(32, 2), '1')
const signed = signJson({ mxid: finn, token: 'abc' }, 'id.one', identityKey) as unknown as JsonObject
const offers = { abc: { public_key: identityKey.publicKey } }
const redeem = (content: JsonObject, sender = ben, target = finn): EventOfCase => {
  return member(sender, target, 'invite', { third_party_invite: content })
}
const thirdParty: AuthCase[] = [
  { what: 'redeeming a third-party invitation', room: { offers }, event: redeem({ signed }) },
  {
    what: 'redeeming needs no membership of who made it',
    room: { offers, members: { [ben]: 'leave' } },
    event: redeem({ signed }),
  },
  {
    what: 'redeeming with one key of a list',
    room: {
      offers: { abc: { public_keys: [{ public_key: otherKey.publicKey }, { public_key: identityKey.publicKey }] } },
    },
    event: redeem({ signed }),
  },
  {
    what: 'redeeming while banned',
    refusedBy: 'third_party_invite.banned',
    room: { offers, members: { [finn]: 'ban' } },
    event: redeem({ signed }),
  },
  {
    what: 'redeeming what was not signed',
    refusedBy: 'third_party_invite.malformed',
    room: { offers },
    event: redeem({}),
  },
  {
    what: 'redeeming without a token',
    refusedBy: 'third_party_invite.malformed',
    room: { offers },
    event: redeem({ signed: { mxid: finn } }),
  },
  {
    what: 'redeeming without a person',
    refusedBy: 'third_party_invite.malformed',
    room: { offers },
    event: redeem({ signed: { token: 'abc' } }),
  },
  {
    what: 'redeeming for someone else',
    refusedBy: 'third_party_invite.target',
    room: { offers },
    event: redeem({ signed }, ben, hugo),
  },
  { what: 'redeeming what the room does not know', refusedBy: 'third_party_invite.unknown', event: redeem({ signed }) },
  {
    what: 'redeeming in another’s name',
    refusedBy: 'third_party_invite.sender',
    room: { offers },
    event: redeem({ signed }, cleo),
  },
  {
    what: 'redeeming what another key signed',
    refusedBy: 'third_party_invite.signature',
    room: { offers: { abc: { public_key: otherKey.publicKey } } },
    event: redeem({ signed }),
  },
  {
    what: 'redeeming what was changed after signing',
    refusedBy: 'third_party_invite.signature',
    room: { offers },
    event: redeem({ signed: { ...signed, note: 'added' } }),
  },
  {
    what: 'redeeming without signatures',
    refusedBy: 'third_party_invite.signature',
    room: { offers },
    event: redeem({ signed: { mxid: finn, token: 'abc' } }),
  },
]

export const membershipCases: readonly AuthCase[] = [
  ...shape,
  ...joins,
  ...knocks,
  ...restricted,
  ...invites,
  ...removals,
  ...thirdParty,
]
