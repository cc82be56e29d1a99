import { expect, test } from 'vitest'
import { markdownToHtml, plainToHtml, unescapeHtml } from './markdown.ts'
import { parseMxc } from './media.ts'
import { editedMessage, fileMessage, mentionsOf, newMessage, sourceOf } from './message.ts'
import { initialsOf, makePerson, toneOf } from './person.ts'

const own = '@tomasz:averell.example'
const hana = '@hana:averell.example'

test('plain words stay plain, marks become HTML', () => {
  expect(markdownToHtml('Good morning & welcome')).toBeUndefined()
  expect(markdownToHtml('One line\nand another')).toBeUndefined()
  expect(markdownToHtml('First.\n\nSecond.')).toBeUndefined()
  expect(markdownToHtml('Gates close at **19:30**')).toBe('Gates close at <strong>19:30</strong>')
  expect(markdownToHtml('1. one\n2. two')).toMatch(/^<ol>/)
})

test('HTML that is typed stays text, and a picture by address is only a link', () => {
  const html = markdownToHtml('**x** <img src=y onerror=z> <script>1</script>') ?? ''
  expect(html).not.toMatch(/<img|<script/)
  expect(markdownToHtml('![plan](https://elsewhere.example/x.png)')).toBe(
    '<a href="https://elsewhere.example/x.png">plan</a>',
  )
})

test('addresses in plain words become links, everything else is escaped', () => {
  expect(plainToHtml('See https://averell.example/a?b=1&c=2.\n<b>')).toBe(
    '<p>See <a href="https://averell.example/a?b=1&#38;c=2">https://averell.example/a?b=1&#38;c=2</a>.<br>&#60;b&#62;</p>',
  )
})

test('a mention is a link, is listed, and survives an edit', () => {
  const mentions = new Map([['Hana Mizutani', hana]])
  const content = newMessage({ text: 'Please look, @Hana Mizutani', mentions }, own)
  expect(content.body).toBe('Please look, @Hana Mizutani')
  expect(content['m.mentions']).toEqual({ user_ids: [hana] })
  expect(content.formatted_body).toContain('https://matrix.to/#/%40hana%3Aaverell.example')
  expect(mentionsOf(content)).toEqual(mentions)
  // A name that was taken out again mentions nobody.
  expect(newMessage({ text: 'Please look', mentions }, own)['m.mentions']).toEqual({})
  // In code it is code.
  expect(newMessage({ text: '`@Hana Mizutani`', mentions }, own).formatted_body).toBe('<code>@Hana Mizutani</code>')
})

test('a mention survives an edit whatever the name holds, and a malformed link mentions nobody', () => {
  const mentions = new Map([['Aoife O’Brien & Sons <"1\'2">', hana]])
  const content = newMessage({ text: `Please look, @${[...mentions.keys()][0]}`, mentions }, own)
  expect(content['m.mentions']).toEqual({ user_ids: [hana] })
  expect(mentionsOf(content)).toEqual(mentions)
  const elsewhere = '<a href="https://matrix.to/#/@hana:averell.example">O&#x27;Brien &amp; &QUOT;Sons&quot;</a>'
  expect(mentionsOf({ formatted_body: elsewhere })).toEqual(new Map([['O\'Brien & "Sons"', hana]]))
  expect(mentionsOf({ formatted_body: '<a href="https://matrix.to/#/@x%zz">@x</a>' })).toEqual(new Map())
  expect(unescapeHtml('&#9999999;&amp;lt;')).toBe('&#9999999;&lt;')
})

test('a reply names what it answers and tells its writer', () => {
  const content = newMessage({ text: 'Yes', mentions: new Map(), reply: { eventId: '$a', senderId: hana } }, own)
  expect(content['m.relates_to']).toEqual({ 'm.in_reply_to': { event_id: '$a' } })
  expect(content['m.mentions']).toEqual({ user_ids: [hana] })
})

test('in a thread, a reply falls back to the newest event unless it answers one', () => {
  const thread = { rootId: '$root', lastId: '$last' }
  expect(newMessage({ text: 'Yes', mentions: new Map(), thread }, own)['m.relates_to']).toEqual({
    rel_type: 'm.thread',
    event_id: '$root',
    is_falling_back: true,
    'm.in_reply_to': { event_id: '$last' },
  })
  const reply = { eventId: '$a', senderId: own }
  expect(newMessage({ text: 'Yes', mentions: new Map(), thread, reply }, own)['m.relates_to']).toMatchObject({
    is_falling_back: false,
    'm.in_reply_to': { event_id: '$a' },
  })
})

test('an edit carries the new words whole and disturbs nobody again', () => {
  const content = editedMessage('$a', 'All **six**', new Map([['Hana', hana]]))
  expect(content.body).toBe('* All **six**')
  expect(content['m.mentions']).toEqual({})
  expect(content['m.new_content']).toMatchObject({ body: 'All **six**', formatted_body: 'All <strong>six</strong>' })
  expect(content['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: '$a' })
  expect(sourceOf({ msgtype: 'm.emote', body: 'waves' })).toBe('/me waves')
})

test('a picture travels with its measures, anything else as a file', () => {
  const picture = fileMessage(
    { name: 'plan.png', type: 'image/png', size: 9, mxc: 'mxc://a/b', picture: { width: 4, height: 3 } },
    {},
  )
  expect(picture).toMatchObject({ msgtype: 'm.image', info: { w: 4, h: 3, mimetype: 'image/png', size: 9 } })
  expect(fileMessage({ name: 'a.pdf', type: 'application/pdf', size: 9, mxc: 'mxc://a/b' }, {}).msgtype).toBe('m.file')
})

test('an address of a file can never leave its path', () => {
  expect(parseMxc('mxc://averell.example:8448/AbC_d-1')).toEqual({ server: 'averell.example:8448', id: 'AbC_d-1' })
  for (const bad of [
    'mxc://a/../../b',
    'mxc://../b',
    'mxc://a/b?c',
    'mxc://a/b/c',
    'https://a/b',
    'mxc://a b/c',
    'mxc://a/',
  ]) {
    expect(parseMxc(bad), bad).toBeUndefined()
  }
})

test('people have initials of their own script and the same tone everywhere', () => {
  expect(initialsOf('Émile Rochat')).toBe('ÉR')
  expect(initialsOf('Nguyễn Thu Ngân')).toBe('NN')
  expect(initialsOf('مریم')).toBe('م')
  expect(initialsOf('@@@')).toBe('?')
  expect(toneOf(hana)).toBe(toneOf(hana))
  expect(makePerson('@er:tesmar.example', 'Émile', undefined, 'averell.example').house).toBe('tesmar.example')
  expect(makePerson(hana, '  ', undefined, 'averell.example').name).toBe('hana')
})
