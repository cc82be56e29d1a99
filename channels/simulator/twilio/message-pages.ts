import type { RouteRequest } from '#platform/api.ts'
import { messageResource } from './message-resource.ts'
import type { Message, SimulatedTwilio } from './simulated-twilio.ts'

const dayMs = 24 * 3_600_000
const pageSizeUsual = 50
const pageSizeMax = 1_000

/** Twilio's list: filters by To, From and the day of sending, the newest first, page by page. */
export function listPage(twilio: SimulatedTwilio, accountSid: string, request: RouteRequest): object {
  const query = request.query as Record<string, string | undefined>
  const pageSize = Math.min(Math.max(1, Number(query.PageSize) || pageSizeUsual), pageSizeMax)
  const page = Math.max(0, Number(query.Page) || 0)
  const isWanted = filterOf(query)
  const found: Message[] = []
  let skipped = 0
  for (const message of twilio.messages(accountSid)) {
    if (!isWanted(message)) continue
    if (skipped < page * pageSize) skipped += 1
    else found.push(message)
    if (found.length > pageSize) break
  }
  const shown = found.slice(0, pageSize)
  const path = request.url.split('?', 1)[0]!
  const uriOf = (at: number) => {
    const rest = Object.entries(query).filter(([name]) => !['Page', 'PageToken', 'PageSize'].includes(name))
    const params = new URLSearchParams([
      ...(rest as [string, string][]),
      ['PageSize', String(pageSize)],
      ['Page', String(at)],
    ])
    return `${path}?${params}`
  }
  return {
    messages: shown.map((message) => messageResource(message, twilio.stateOf(message))),
    page,
    page_size: pageSize,
    start: page * pageSize,
    end: page * pageSize + Math.max(0, shown.length - 1),
    uri: uriOf(page),
    first_page_uri: uriOf(0),
    previous_page_uri: page === 0 ? null : uriOf(page - 1),
    next_page_uri: found.length > pageSize ? uriOf(page + 1) : null,
  }
}

function filterOf(query: Record<string, string | undefined>): (message: Message) => boolean {
  const [from, to] = [query.From, query.To]
  const day = dayOf(query.DateSent)
  const after = dayOf(query['DateSent>'])
  const before = dayOf(query['DateSent<'])
  return (message) => {
    const sentDay = Math.floor(message.createdMs / dayMs)
    return (
      (from === undefined || message.from === from) &&
      (to === undefined || message.to === to) &&
      (day === undefined || sentDay === day) &&
      (after === undefined || sentDay >= after) &&
      (before === undefined || sentDay <= before)
    )
  }
}

function dayOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : Math.floor(ms / dayMs)
}
