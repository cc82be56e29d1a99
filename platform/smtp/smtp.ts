import { resolve } from 'node:dns/promises'
import { createSmtpListener } from './listener.ts'
import { createSmtpSender } from './sender.ts'
import type { Smtp } from './types.ts'

/** Mail by this machine's own network. */
export const systemSmtp: Smtp = {
  sender: createSmtpSender,
  listen: createSmtpListener,
  resolve: (domain, type) => resolve(domain, type) as Promise<string[][] | string[]>,
}
