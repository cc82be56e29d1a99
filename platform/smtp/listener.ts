import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { limits } from '../limits.ts'
import type { ListenerWish, SmtpListener } from './types.ts'

/** Takes mail for addresses that are known here, from any server, one copy each, and answers when it is stored. */
export async function createSmtpListener(wish: ListenerWish): Promise<SmtpListener> {
  const server = new SMTPServer({
    name: wish.helo,
    banner: 'ESMTP',
    size: limits.mailBytesMax,
    maxClients: limits.smtpClientsMax,
    socketTimeout: limits.smtpClientIdleMs,
    closeTimeout: 2_000,
    authOptional: true,
    disabledCommands: wish.tls === undefined ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...(wish.tls === undefined ? {} : { key: wish.tls.key, cert: wish.tls.certificate }),
    disableReverseLookup: true,
    logger: false,
    onRcptTo(address, session, callback) {
      if (!wish.knows(address.address)) return callback(reply(550, '5.1.1 Nobody here gets mail at this address.'))
      const given = session.envelope.rcptTo.length
      if (given >= limits.mailRecipientsMax) return callback(reply(452, '4.5.3 Too many recipients at once.'))
      callback()
    },
    onData(stream, session, callback) {
      read(stream)
        .then((raw) => (raw === undefined ? 'large' : wish.take({ raw, ...envelopeOf(session) })))
        .then(
          (taken) => {
            if (taken === 'taken') callback(null, '2.0.0 Stored.')
            else if (taken === 'large') callback(reply(552, '5.3.4 The mail is too large.'))
            else if (taken === 'refused') callback(reply(550, '5.7.1 The mail is refused.'))
            else callback(reply(452, '4.3.2 Try again later.'))
          },
          () => callback(reply(451, '4.3.0 Not stored. Try again later.')),
        )
    },
  })
  // A client that breaks off is its own affair.
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(wish.port, wish.host, () => {
      server.server.removeListener('error', reject)
      resolve()
    })
  })
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : wish.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}

function envelopeOf(session: SMTPServerSession) {
  const { mailFrom, rcptTo } = session.envelope
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    ip: session.remoteAddress,
    helo: String(session.hostNameAppearsAs || ''),
  }
}

/** Undefined when it is larger than allowed; it is read to its end all the same, as the protocol wants. */
async function read(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes <= limits.mailBytesMax) parts.push(part)
  }
  return bytes > limits.mailBytesMax || stream.sizeExceeded ? undefined : Buffer.concat(parts)
}
