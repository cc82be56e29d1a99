/**
 * The child process of the sandbox. It knows nothing of the server and is given nothing but one file at a time on its
 * standard input; it may write nowhere, start nothing, and ends with its parent.
 */
import { FrameReader, frame } from './frames.ts'
import type { Job, Outcome } from './jobs.ts'
import { readPage } from './page.ts'
import { shrink } from './shrink.ts'
import { SandboxFailed } from './types.ts'

const nothing = Buffer.alloc(0)

async function work(job: Job, body: Buffer): Promise<[Outcome, Buffer]> {
  try {
    if (job.kind === 'page') return [{ kind: 'page', facts: readPage(body, job.contentType) }, nothing]
    const picture = await shrink(body, job)
    if (picture === 'original') return [{ kind: 'original' }, nothing]
    const { bytes, ...about } = picture
    return [{ kind: 'picture', ...about }, bytes]
  } catch (error) {
    // Whatever a decoder says about it, the file is at fault.
    const failure = error instanceof SandboxFailed ? error.failure : 'unreadable'
    return [{ kind: 'failed', failure }, nothing]
  }
}

const reader = new FrameReader<Job>(Number.MAX_SAFE_INTEGER)
process.stdin.on('data', (piece: Buffer) => {
  const asked = reader.take(piece)
  if (asked === undefined) return
  void work(asked.head, asked.body).then(([outcome, body]) => {
    for (const part of frame(outcome, body)) process.stdout.write(part)
  })
})
process.stdin.on('end', () => process.exit())
