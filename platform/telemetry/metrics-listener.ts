import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartRefused } from '../data-directory/start-refused.ts'
import type { Metrics } from './metrics.ts'

/**
 * GET /metrics on a listener of its own, on loopback only: the numbers say how much is said here and when.
 * Throws `StartRefused` when the port cannot be had.
 */
export async function serveMetrics(
  metrics: Pick<Metrics, 'text'>,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end()
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(metrics.text())
    }
  })
  await listenOn(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listenOn(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    const { code } = error as { code?: string }
    const other = 'or give another one with --metrics-port.'
    if (code === 'EADDRINUSE') {
      throw new StartRefused(`Port ${port}, for metrics, is in use already. Stop what uses it, ${other}`)
    }
    if (code === 'EACCES') {
      throw new StartRefused(`This user may not open port ${port}, for metrics. Give it the right to, ${other}`)
    }
    throw error
  }
}
