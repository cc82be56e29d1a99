import { Agent, createServer, request as forward, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Stands between one client and the server, and notes what the client asks for that the server does not know. */
export type ListeningProxy = {
  readonly url: string
  readonly port: number
  /** `GET /_matrix/…`, ids replaced. */
  readonly unknown: ReadonlySet<string>
  close(): void
}

export async function listeningProxy(targetPort: number): Promise<ListeningProxy> {
  const unknown = new Set<string>()
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request
    const passed = forward({ host: '127.0.0.1', port: targetPort, method, path, headers, agent }, (answer) => {
      note(unknown, request, answer)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
    agent.destroy()
  }
  return { url: `http://127.0.0.1:${port}`, port, unknown, close }
}

/** A clone of the answer is read beside: an absent thing and an unknown endpoint are both 404. */
function note(unknown: Set<string>, { method, url }: IncomingMessage, answer: IncomingMessage): void {
  if (answer.statusCode !== 404 && answer.statusCode !== 405) return
  void buffer(answer).then((bytes) => {
    if (bytes.includes('"M_UNRECOGNIZED"')) unknown.add(`${method} ${withoutIds(url ?? '')}`)
  })
}

function withoutIds(url: string): string {
  const [path = ''] = url.split('?')
  return path.replaceAll(/(%40|@|%21|!|%24|\$|%23|#)[^/]+/g, '{id}')
}
