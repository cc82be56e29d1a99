/**
 * Chancery cannot start as things are, and somebody must change something first. The message is whole sentences for the
 * person at the terminal: what is wrong and what to do. It is shown without a stack trace.
 */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused'
}

type SystemError = Error & { code?: string; path?: string }

/** The sentence for what a file system refuses; undefined for anything else. */
export function fileSystemRefusal(error: unknown, what: string): StartRefused | undefined {
  const { code } = error as SystemError
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StartRefused(`The disk is full: ${what} could not be written. Free some space, then start again.`, {
      cause: error,
    })
  }
  if (code === 'EROFS') {
    return new StartRefused(`${what} is on a read-only file system. Use --data with a folder that can be written.`, {
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new StartRefused(
      `This user may not write ${what}. Give it the right to, start as the user who owns it, or use --data with ` +
        'another folder.',
      { cause: error },
    )
  }
  return undefined
}
