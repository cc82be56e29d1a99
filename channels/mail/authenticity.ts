import { domainToASCII } from 'node:url'
import type { DnsResolver, ReceivedMail } from '#platform/api.ts'
import type { InboundMessage } from '../api.ts'
import { readHead } from './mime-head.ts'

/** The domain's records could not be asked. */
export class NotAsked extends Error {}

/**
 * Whether the mail is from whom it says, by the records of that domain: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989).
 * - `proven`: the domain of From answers for it
 * - `forged`: that domain asks that such mail be refused, or the mail names several senders, or another one to another reader
 * - `forgeable`: nobody can say
 */
export async function authenticityOf(
  mail: ReceivedMail,
  from: string,
  { resolve, helo }: { resolve: DnsResolver; helo: string },
): Promise<InboundMessage['authenticity']> {
  const { authenticate } = await import('mailauth')
  if ((readHead(mail.raw).head.get('from')?.length ?? 0) > 1) return 'forged'
  const { dmarc, spf, dkim } = await authenticate(mail.raw, {
    ip: mail.ip,
    helo: mail.helo,
    sender: mail.from,
    mta: helo,
    resolver: resolve,
    disableArc: true,
    disableBimi: true,
    rejectRsaSha1: true,
  })
  if (!dmarc) return 'forgeable'
  // Whatever it found holds for the domain that it read in From, and for no other.
  const author = dmarc.status.header?.from
  if (author !== undefined && domainToASCII(author.toLowerCase()) !== domainOf(from)) return 'forged'
  switch (dmarc.status.result) {
    case 'pass':
      return 'proven'
    case 'temperror':
      throw new NotAsked('the records of the sender’s domain could not be asked')
    case 'fail':
      return dmarc.policy === 'none' ? 'forgeable' : 'forged'
    default: {
      // A domain without a policy may prove its mail all the same; without one only the domain itself counts.
      const signed = dkim.results.filter(({ status }) => status.result === 'pass').map((one) => one.signingDomain)
      const proven = spf && spf.status.result === 'pass' ? [...signed, spf.domain] : signed
      return proven.includes(dmarc.domain) ? 'proven' : 'forgeable'
    }
  }
}

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1)
