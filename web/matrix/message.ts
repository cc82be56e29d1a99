import { linkedPerson, type Mentions, markdownToHtml, unescapeHtml } from './markdown.ts'

export type MessageContent = Record<string, unknown> & { msgtype: string; body: string }

export type TextDraft = {
  text: string
  mentions: Mentions
  /** The event that this one answers, and who wrote it. */
  reply?: { eventId: string; senderId: string }
  /** The root of the thread that this one belongs to, and its newest event (for clients without threads). */
  thread?: { rootId: string; lastId: string }
}

function mentionedIn(text: string, mentions: Mentions): string[] {
  return [...mentions].filter(([name]) => text.includes(`@${name}`)).map(([, userId]) => userId)
}

function wordsOf(text: string, mentions: Mentions): MessageContent {
  const emote = text.startsWith('/me ')
  const body = emote ? text.slice(4) : text
  const html = markdownToHtml(body, mentions)
  return {
    msgtype: emote ? 'm.emote' : 'm.text',
    body,
    ...(html ? { format: 'org.matrix.custom.html', formatted_body: html } : {}),
  }
}

/** How an event hangs on others: https://spec.matrix.org/v1.16/client-server-api/#forwarding-and-rich-replies */
export function relationOf(draft: Pick<TextDraft, 'reply' | 'thread'>): Record<string, unknown> | undefined {
  const { reply, thread } = draft
  if (thread) {
    return {
      rel_type: 'm.thread',
      event_id: thread.rootId,
      is_falling_back: !reply,
      'm.in_reply_to': { event_id: reply?.eventId ?? thread.lastId },
    }
  }
  return reply ? { 'm.in_reply_to': { event_id: reply.eventId } } : undefined
}

/** The content of a new message. Who is answered is mentioned too, so that she hears of it. */
export function newMessage(draft: TextDraft, ownId: string): MessageContent {
  const ids = new Set(mentionedIn(draft.text, draft.mentions))
  if (draft.reply && draft.reply.senderId !== ownId) ids.add(draft.reply.senderId)
  const relation = relationOf(draft)
  return {
    ...wordsOf(draft.text, draft.mentions),
    'm.mentions': ids.size > 0 ? { user_ids: [...ids] } : {},
    ...(relation ? { 'm.relates_to': relation } : {}),
  }
}

/** The content that replaces an earlier message: https://spec.matrix.org/v1.16/client-server-api/#event-replacements */
export function editedMessage(eventId: string, text: string, mentions: Mentions): MessageContent {
  const words = wordsOf(text, mentions)
  const ids = mentionedIn(text, mentions)
  const html = words.formatted_body
  return {
    msgtype: words.msgtype,
    body: `* ${words.body}`,
    ...(html ? { format: 'org.matrix.custom.html', formatted_body: `* ${String(html)}` } : {}),
    // Those who were told of the first words are not told again; `m.new_content` carries the whole list.
    'm.mentions': {},
    'm.new_content': { ...words, 'm.mentions': ids.length > 0 ? { user_ids: ids } : {} },
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  }
}

/** What to put back into the composer when an own message is edited: the words as they were typed. */
export function sourceOf(content: Record<string, unknown>): string {
  const body = String(content.body ?? '')
  return content.msgtype === 'm.emote' ? `/me ${body}` : body
}

/** Whom the words mention, read back from their links, so that an edit keeps them. */
export function mentionsOf(content: Record<string, unknown>): Map<string, string> {
  const mentions = new Map<string, string>()
  const html = String(content.formatted_body ?? '')
  for (const [, href = '', text = ''] of html.matchAll(/<a href="([^"]+)">@?([^<]*)<\/a>/g)) {
    const id = linkedPerson(unescapeHtml(href))
    if (id && text) mentions.set(unescapeHtml(text), id)
  }
  return mentions
}

export type Upload = {
  name: string
  type: string
  size: number
  mxc: string
  picture?: {
    width: number
    height: number
    thumbnail?: { mxc: string; type: string; size: number; width: number; height: number }
  }
}

/** A file or picture, as the specification describes it. */
export function fileMessage(upload: Upload, draft: Pick<TextDraft, 'reply' | 'thread'>): MessageContent {
  const info: Record<string, unknown> = { mimetype: upload.type || 'application/octet-stream', size: upload.size }
  const { picture } = upload
  if (picture) {
    info.w = picture.width
    info.h = picture.height
    if (picture.thumbnail) {
      const { mxc, type, size, width, height } = picture.thumbnail
      info.thumbnail_url = mxc
      info.thumbnail_info = { mimetype: type, size, w: width, h: height }
    }
  }
  const relation = relationOf(draft)
  return {
    msgtype: picture
      ? 'm.image'
      : upload.type.startsWith('video/')
        ? 'm.video'
        : upload.type.startsWith('audio/')
          ? 'm.audio'
          : 'm.file',
    body: upload.name,
    filename: upload.name,
    url: upload.mxc,
    info,
    'm.mentions': {},
    ...(relation ? { 'm.relates_to': relation } : {}),
  }
}
