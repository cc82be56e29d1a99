import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAnswer } from './line.ts'

const whole = (body: Buffer) =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body])

const chunked = (parts: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from('HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n'),
    ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ])

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((array) => Buffer.from(array))

test('an answer with a length is whole at its last byte and not before', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (body, cut) => {
      const answer = whole(body)
      expect(readAnswer(answer)).toEqual({ status: 200, body, isLast: false })
      expect(readAnswer(answer.subarray(0, cut % answer.length))).toBeUndefined()
    }),
  )
})

test('an answer in chunks is whole at its last byte and not before', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), fc.nat(), (parts, cut) => {
      const answer = chunked(parts)
      expect(readAnswer(answer)).toEqual({ status: 404, body: Buffer.concat(parts), isLast: true })
      expect(readAnswer(answer.subarray(0, cut % answer.length))).toBeUndefined()
    }),
  )
})
