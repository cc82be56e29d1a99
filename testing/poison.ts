/** Events, state, keys, names and files that are made to break whoever reads them. */
import { roomPath, type TownPerson } from './town-person.ts'

export const nested = (levels: number) => `${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`
/** Turns text round, and holds what is not seen. */
export const bidi = '\u202e\u2066\u200b\u200d\ufeff\u00ad\u0000reversed'
/** One letter of 45,000 bytes. */
export const zalgo = `Z${'\u0300\u0489\u20dd'.repeat(5_000)}`
const long = 'k'.repeat(60_000)

/** Contents as text, because some of them no program would write. Each may be refused; none may hurt others. */
export const poisonedContents: readonly string[] = [
  nested(40),
  nested(49),
  nested(5_000),
  `{"body":${JSON.stringify(bidi)},"msgtype":"m.text"}`,
  `{"body":${JSON.stringify(zalgo)},"msgtype":"m.text","formatted_body":${JSON.stringify(zalgo)}}`,
  `{"${long}":1}`,
  `{"body":"x","${'\\ud800'}":"\\udfff"}`,
  '{"body":"\\ud83d"}',
  '{"body":{"toString":null,"length":-1}}',
  '{"body":["a"],"msgtype":{"a":1}}',
  '{"body":null}',
  '{"body":1e999}',
  '{"body":-0}',
  '{"body":0.1}',
  '{"body":9007199254740993}',
  '{"body":NaN}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"body":"x"}',
  '{"toJSON":"x","then":"y","body":"x"}',
  '{"m.relates_to":null}',
  '{"m.relates_to":[]}',
  '{"m.relates_to":{"rel_type":{},"event_id":[]}}',
  '{"m.relates_to":{"rel_type":"m.thread","event_id":"$ROOT","m.in_reply_to":7},"body":"x"}',
  '{"m.relates_to":{"rel_type":"m.replace","event_id":"$ROOT"},"m.new_content":{"body":{"a":1}}}',
  '{"m.relates_to":{"rel_type":"m.replace","event_id":"$ROOT"},"m.new_content":[1]}',
  `{"m.relates_to":{"rel_type":"m.annotation","event_id":"$ROOT","key":"${'x'.repeat(50_000)}"}}`,
  '{"m.relates_to":{"rel_type":"m.reference","event_id":"$ROOT"}}',
  `{"m.relates_to":{"rel_type":"${'r'.repeat(300)}","event_id":"$ROOT"}}`,
  '{"m.mentions":{"user_ids":["@a:b",7,null,{}],"room":"yes"},"body":"@room"}',
  '{"m.mentions":7,"body":"x"}',
  `{"url":{},"body":${JSON.stringify('ก'.repeat(20_000))}}`,
  `{"body":${JSON.stringify('漢'.repeat(20_000))},"msgtype":"m.text"}`,
  `{"body":${JSON.stringify('ﷺ'.repeat(20_000))},"msgtype":"m.text"}`,
]
const states: readonly [type: string, key: string, content: string][] = [
  ['m.room.name', '', '{"name":{"a":1}}'],
  ['m.room.name', '', `{"name":${JSON.stringify(bidi)}}`],
  ['m.room.topic', '', '{"topic":[1,2]}'],
  ['m.room.avatar', '', '{"url":7}'],
  ['m.room.canonical_alias', '', '{"alias":7}'],
  ['m.room.power_levels', '', '{"users":{"@x:y":9007199254740991},"events":{"m.x":-9007199254740991}}'],
  ['m.room.power_levels', '', '{"users":{"@x:y":1e300}}'],
  ['m.room.power_levels', '', '{"users_default":"99999999999999999999"}'],
  ['m.room.power_levels', '', '{"users":[]}'],
  ['m.room.history_visibility', '', '{"history_visibility":{"a":1}}'],
  ['m.room.join_rules', '', '{"join_rule":"public","allow":[7,null,{"type":[]}]}'],
  ['m.room.pinned_events', '', '{"pinned":[7,{},"$x"]}'],
  ['m.space.child', '!x:y', '{"via":7,"order":{}}'],
  ['m.room.tombstone', '', '{"replacement_room":7}'],
  ['m.room.server_acl', '', '{"allow":[7],"deny":"*","allow_ip_literals":"x"}'],
  ['m.room.guest_access', '', '{"guest_access":[]}'],
  ['org.x', '\u202e', '{}'],
  ['org.x', 'k'.repeat(255), nested(45)],
]

/** Says and sets in a room all that could hurt those who read it. Answers how often each status came. */
export async function poison(mallory: TownPerson, room: string): Promise<Record<number, number>> {
  const root = await mallory.say(room, 'root')
  const tally: Record<number, number> = {}
  const send = async (path: string, raw: string) => {
    const { status } = await mallory.call('PUT', path, {
      raw: raw.replaceAll('$ROOT', root),
      headers: { 'content-type': 'application/json' },
    })
    tally[status] = (tally[status] ?? 0) + 1
  }
  let n = 0
  for (const type of ['m.room.message', 'm.reaction', 'm.room.encrypted', `org.${'t'.repeat(250)}`]) {
    for (const raw of poisonedContents) await send(`${roomPath(room)}/send/${type}/p${++n}`, raw)
  }
  for (const [type, key, raw] of states) await send(`${roomPath(room)}/state/${type}/${encodeURIComponent(key)}`, raw)
  return tally
}

/** Names as people, devices and files have them. */
export const poisonedNames: readonly string[] = [
  bidi.slice(0, 5),
  'ada\u202ereversed\u202c',
  `Z${'\u0300\u0489\u20dd'.repeat(80)}`,
  'ﷺ'.repeat(60),
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'.repeat(10),
  '__proto__',
  'constructor',
  '"; filename="x.html',
  'a\r\nSet-Cookie: x=y',
  '../../etc/passwd',
  '%2e%2e%2f%00',
  'k'.repeat(255),
  'k'.repeat(60_000),
]

/** The same for keys, account data and messages to devices, and for names and files; answers how often each status came. */
export async function poisonEverythingElse(mallory: TownPerson, victim: TownPerson, room: string) {
  const tally: Record<number, number> = {}
  const files: string[] = []
  const send = async (method: string, path: string, raw: string | Buffer, contentType = 'application/json') => {
    const answer = await mallory.call(method, path, { raw, headers: { 'content-type': contentType } })
    tally[answer.status] = (tally[answer.status] ?? 0) + 1
    return answer
  }
  const [own, device] = [`/user/${encodeURIComponent(mallory.id)}`, encodeURIComponent(mallory.deviceId)]
  for (const [n, raw] of poisonedContents.entries()) {
    await send('POST', '/keys/upload', `{"device_keys":${raw}}`)
    await send('POST', '/keys/upload', `{"one_time_keys":{"signed_curve25519:p${n}":${raw}}}`)
    await send('POST', '/keys/upload', `{"one_time_keys":${raw},"fallback_keys":${raw}}`)
    await send('POST', '/keys/device_signing/upload', `{"master_key":${raw}}`)
    await send('POST', '/keys/signatures/upload', `{${JSON.stringify(victim.id)}:{"x":${raw}}}`)
    await send('PUT', `${own}/account_data/org.p${n}`, raw)
    await send('PUT', `${own}${roomPath(room)}/account_data/m.tag`, raw)
    const messages = `{"messages":{${JSON.stringify(victim.id)}:{"*":${raw}}}}`
    await send('PUT', `/sendToDevice/m.room_key/p${n}`, messages)
    await send('PUT', `/profile/${encodeURIComponent(mallory.id)}/org.p${n}`, `{"org.p${n}":${raw}}`)
  }
  for (const name of poisonedNames) {
    const text = JSON.stringify(name)
    await send('PUT', `/profile/${encodeURIComponent(mallory.id)}/displayname`, `{"displayname":${text}}`)
    await send('PUT', `/devices/${device}`, `{"display_name":${text}}`)
    await send('PUT', `${roomPath(room)}/state/m.room.name/`, `{"name":${text}}`)
    const upload = `/_matrix/media/v3/upload?filename=${encodeURIComponent(name)}`
    const { json } = await send('POST', upload, Buffer.from(name), name.includes('html') ? 'text/html' : 'image/png')
    if (json?.content_uri !== undefined) files.push(json.content_uri)
  }
  return { tally, files }
}
