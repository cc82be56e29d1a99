/** What the page does by itself: shows what is new at once, and sends without losing its place. Without it, forms work. */
export const phoneScript = `'use strict'
const parts = ['people', 'notice', 'lines']
const form = document.getElementById('write')
const log = document.getElementById('log')
let seen = Number(document.body.dataset.facts)

// What has stayed as it was stays in its place: only what is new is read out.
function take(now, next) {
  let same = 0
  while (now.childNodes[same] && next.childNodes[same] && now.childNodes[same].isEqualNode(next.childNodes[same])) same += 1
  while (now.childNodes[same]) now.lastChild.remove()
  now.append(...[...next.childNodes].slice(same))
}

function show(text) {
  const page = new DOMParser().parseFromString(text, 'text/html')
  const focused = document.activeElement && document.activeElement.getAttribute('href')
  for (const id of parts) {
    const [now, next] = [document.getElementById(id), page.getElementById(id)]
    if (now && next) take(now, next)
  }
  if (focused) for (const link of document.links) if (link.getAttribute('href') === focused) link.focus()
  seen = Number(page.body.dataset.facts)
  if (log) log.scrollTop = log.scrollHeight
}

async function look() {
  show(await (await fetch(location.href)).text())
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch('/simulator/facts?wait_ms=25000&after=' + seen)
      if (!answer.ok) throw new Error(answer.status)
      if ((await answer.json()).next > seen) await look()
    } catch {
      // The simulator is away, or begins anew.
      await new Promise((done) => setTimeout(done, 2000))
      await look().catch(() => undefined)
    }
  }
}

if (form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const body = new URLSearchParams(new FormData(form))
    const { text, subject } = form.elements
    // At once: what she writes meanwhile is her next message.
    text.value = subject.value = ''
    text.focus()
    const answer = await fetch('/phone', { method: 'POST', body }).catch(() => undefined)
    if (answer) show(await answer.text())
    if (answer && answer.ok) return
    text.value = body.get('text') + text.value
    subject.value = body.get('subject')
  })
  form.elements.text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    form.requestSubmit()
  })
}
if (log) log.scrollTop = log.scrollHeight
follow()
`
