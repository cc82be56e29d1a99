import { describe, expect, test } from 'vitest'
import { readPage } from './page.ts'

const read = (html: string | Buffer, contentType = 'text/html; charset=utf-8') =>
  readPage(Buffer.isBuffer(html) ? html : Buffer.from(html), contentType)

describe('what a page says of itself', () => {
  test('stands in its og: properties', () => {
    expect(
      read(`<html><head><title>Other</title>
        <meta property="og:title" content="Flood &amp; tide">
        <meta property="og:title" content="second">
        <meta property=og:description content='When the water comes'>
        <meta name="og:type" content="article">
        <meta property="og:image" content="/a.png"><meta property="og:image:width" content="400">
        <base href="https://cdn.example/">`),
    ).toEqual({
      properties: {
        'og:title': 'Flood & tide',
        'og:description': 'When the water comes',
        'og:type': 'article',
        'og:image': '/a.png',
        'og:image:width': '400',
      },
      title: 'Flood & tide',
      description: 'When the water comes',
      image: '/a.png',
      base: 'https://cdn.example/',
    })
  })

  test('or in its title, its description or its first paragraph', () => {
    const paragraph = 'The barrier is closed when the sea is two metres above the mark.'
    expect(read(`<title>\n Tide\n tables </title><p>Menu</p><p>${paragraph} <b>Always.</b></p><p>More`)).toEqual({
      properties: {},
      title: 'Tide tables',
      description: `${paragraph} Always.`,
    })
    expect(read(`<meta name=description content="Short"><p>${paragraph}`).description).toBe('Short')
    expect(read('<meta name="twitter:title" content="T"><meta name="twitter:image" content="b.png">')).toEqual({
      properties: {},
      title: 'T',
      image: 'b.png',
    })
    expect(read('<link rel="image_src" href="c.png">').image).toBe('c.png')
  })

  test('and is nothing where there is nothing', () => {
    for (const html of ['', 'words', '<title></title>', '<script>var t = "<title>x</title>"</script>', '\0\0\0']) {
      expect(read(html)).toEqual({ properties: {} })
    }
  })

  test('has no signs that turn or hide what stands around it', () => {
    expect(read('<title>a\u202eb\u200bc\u0007\u2028d\ud800</title>').title).toBe('abc d\ufffd')
  })
})

describe('the characters of a page', () => {
  const latin = Buffer.from('<meta charset="iso-8859-1"><title>Gr\xf6\xdfe</title>', 'latin1')
  test.each([
    ['the header', Buffer.from('<title>\x82\xa0</title>', 'latin1'), 'text/html; charset=Shift_JIS', 'あ'],
    ['its head', latin, 'text/html', 'Größe'],
    ['its mark', Buffer.from('\ufeff<title>Größe</title>', 'utf16le'), 'text/html', 'Größe'],
    ['itself, as UTF-8', Buffer.from('<title>Größe</title>'), 'text/html', 'Größe'],
    ['itself, as what is none', Buffer.from('<title>Gr\xf6\xdfe</title>', 'latin1'), 'text/html', 'Größe'],
    ['itself, when its word is none', Buffer.from('<title>Größe</title>'), 'text/html; charset=klingon', 'Größe'],
  ])('are told by %s', (_, html, contentType, title) => expect(read(html, contentType).title).toBe(title))

  test('are UTF-8 also where the page was cut off within one', () => {
    expect(read(Buffer.from('<title>Größe</title>ü').subarray(0, -1), 'text/html').title).toBe('Größe')
  })
})

describe('pages that were made to break readers', () => {
  test('ten thousand levels, a thousand properties, and values without end are bounded', () => {
    expect(read(`${'<div>'.repeat(10_000)}<title>deep</title>`).title).toBe('deep')
    const many = Array.from({ length: 1_000 }, (_, n) => `<meta property="og:x${n}" content="${'y'.repeat(5_000)}">`)
    const { properties } = read(many.join(''))
    expect(Object.keys(properties).length).toBe(40)
    expect(properties['og:x0']?.length).toBe(2_000)
    expect(read(`<title>${'t'.repeat(100_000)}`).title?.length).toBe(2_000)
    expect(
      read('<meta property="og:__proto__" content="x"><meta property="__proto__" content="x">').properties,
    ).toEqual({
      'og:__proto__': 'x',
    })
  })
})
