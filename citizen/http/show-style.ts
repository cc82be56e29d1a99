/** GET /c/style.css: how the pages look; small, and kept by the browser: pages name it with its hash. */
import { FileAnswer, type Route, route } from '#platform/api.ts'
import { style } from '../style/style.ts'

export const showStyle = (): Route =>
  route({
    method: 'GET',
    path: '/c/style.css',
    operation: 'showCitizenStyle',
    needs: 'nobody',
    rate: 'citizenPage',
    async handle() {
      return new FileAnswer(Buffer.from(style), {
        'content-type': 'text/css; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
      })
    },
  })
