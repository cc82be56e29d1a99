import { resolve } from 'node:dns/promises'
import { createSmtpSender } from './sender.ts'
import type { Smtp } from './types.ts'

/** Mail by this machine's own network. */
export const systemSmtp: Smtp = {
  sender: createSmtpSender,
  listen: async (wish) => (await import('./listener.ts')).createSmtpListener(wish),
  resolve: (domain, type) => resolve(domain, type) as Promise<string[][] | string[]>,
}
