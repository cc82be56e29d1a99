/** GET /c/fonts/:font: the letters of the pages. A page is whole without them; the browser keeps them for a month. */
import { FileAnswer, type Route, refuse, route } from '#platform/api.ts'
import { fonts } from '../style/fonts.ts'

export const showFont = (): Route =>
  route({
    method: 'GET',
    path: '/c/fonts/:font',
    operation: 'showCitizenFont',
    needs: 'nobody',
    rate: 'citizenPage',
    async handle({ params }) {
      const font = fonts.get(String(params.font))
      if (font === undefined) throw refuse('M_NOT_FOUND', 'There is no such font.')
      return new FileAnswer(font, {
        'content-type': 'font/woff2',
        'cache-control': 'public, max-age=2592000',
        'cross-origin-resource-policy': 'same-origin',
      })
    },
  })
