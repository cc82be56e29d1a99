import { hash } from 'node:crypto'
import { FileAnswer } from '#platform/api.ts'

/** As the specification has it: a page that embeds this one hears of it in either way. */
const script = `if (window.onAuthDone) window.onAuthDone()
else if (window.opener && window.opener.postMessage) window.opener.postMessage('authDone', '*')`
const style = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
button, input { font: inherit; padding: 0.5rem 0.75rem } label { display: block; margin-bottom: 1rem }
input { display: block; width: 100%; box-sizing: border-box }`

const digest = (text: string) => `'sha256-${hash('sha256', text, 'buffer').toString('base64')}'`
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; ` +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function page(title: string, body: string, status: number): FileAnswer {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><main><h1>${escaped(title)}</h1>
${body}
</main></body>
</html>
`
  return new FileAnswer(Buffer.from(html), headers, status)
}

export type Question = {
  readonly title: string
  readonly session: string
  readonly button: string
  /** A document to read first. */
  readonly document?: { readonly name: string; readonly url: string } | undefined
  /** The label of a field named `token`. */
  readonly field?: string
  readonly problem?: string
}

/** A stage of a confirmation as a page that works without JavaScript. */
export function questionPage({ title, session, button, document, field, problem }: Question): FileAnswer {
  const lines = [
    problem === undefined ? '' : `<p role="alert">${escaped(problem)}</p>`,
    document === undefined
      ? ''
      : `<p>Please read: <a href="${escaped(document.url)}">${escaped(document.name)}</a></p>`,
    '<form method="post">',
    `<input type="hidden" name="session" value="${escaped(session)}">`,
    field === undefined ? '' : `<label>${escaped(field)} <input name="token" required autocomplete="off"></label>`,
    `<button>${escaped(button)}</button>`,
    '</form>',
  ]
  return page(title, lines.filter((line) => line !== '').join('\n'), problem === undefined ? 200 : 400)
}

export function donePage(): FileAnswer {
  return page('Done', `<p>You can close this page and go on in your app.</p><script>${script}</script>`, 200)
}

export function gonePage(): FileAnswer {
  return page('This page has expired', '<p role="alert">Go back to your app and begin again.</p>', 404)
}
