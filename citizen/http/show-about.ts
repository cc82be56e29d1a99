/** GET /c/:agency/accessibility and /c/:agency/privacy. */
import type { Route } from '#platform/api.ts'
import { html } from '../pages/html.ts'
import type { CitizenParts } from '../parts.ts'
import { openPage } from '../visits/page-route.ts'

export const showAccessibility = (parts: CitizenParts): Route =>
  openPage(parts, { method: 'GET', page: 'accessibility', operation: 'showCitizenAccessibility' }, async ({ words }) =>
    about(words.pagesAbout.accessibilityTitle, words.pagesAbout.accessibility),
  )

export const showPrivacy = (parts: CitizenParts): Route =>
  openPage(parts, { method: 'GET', page: 'privacy', operation: 'showCitizenPrivacy' }, async ({ words }) =>
    about(words.pagesAbout.privacyTitle, words.pagesAbout.privacy),
  )

const about = (title: string, paragraphs: readonly string[]) => ({
  title,
  main: html`<h1>${title}</h1>${paragraphs.map((text) => html`<p class="long">${text}</p>`)}`,
})
