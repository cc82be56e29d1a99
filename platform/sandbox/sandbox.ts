import { createRequire } from 'node:module'
import { limits } from '../limits.ts'
import { Child, type ChildLimits, childLimits } from './child.ts'
import type { Job, Outcome } from './jobs.ts'
import { type PageFacts, type Picture, type PictureWish, type Sandbox, SandboxFailed } from './types.ts'

export type SandboxDeps = {
  /** Tests only: other bounds, or another program in the child. */
  readonly child?: Partial<ChildLimits>
  readonly idleMs?: number
  readonly waitingMax?: number
}

/** Starts nothing before the first file comes. */
export function createSandbox(deps: SandboxDeps = {}): Sandbox {
  return new ChildSandbox(deps)
}

/** Whether pictures can be opened on this machine: their library comes from the registry, for common machines only. */
export function canOpenPictures(): boolean {
  const { resolve } = createRequire(import.meta.url)
  return ['linux', 'linuxmusl', 'darwin'].some((platform) => {
    try {
      return resolve(`@img/sharp-${platform}-${process.arch}/sharp.node`) !== ''
    } catch {
      return false
    }
  })
}

class ChildSandbox implements Sandbox {
  readonly #bounds: ChildLimits
  readonly #idleMs: number
  readonly #waitingMax: number
  readonly #children = new Set<Child>()
  readonly #idle: { readonly child: Child; readonly timer: NodeJS.Timeout }[] = []
  readonly #waiting: PromiseWithResolvers<Child>[] = []
  #hasStarted = false
  #isClosed = false

  constructor(deps: SandboxDeps) {
    this.#bounds = { ...childLimits, ...deps.child }
    this.#idleMs = deps.idleMs ?? limits.sandboxIdleMs
    this.#waitingMax = deps.waitingMax ?? limits.sandboxWaitingMax
  }

  async shrink(original: () => Promise<Uint8Array>, wish: PictureWish): Promise<Picture | 'original'> {
    const { width, height, method, animated, anew = false } = wish
    const bounds = {
      pixelsMax: limits.thumbnailPixelsMax,
      movingPixelsMax: limits.thumbnailMovingPixelsMax,
      bytesMax: limits.thumbnailBytesMax,
    }
    const { outcome, body } = await this.#run(
      { kind: 'shrink', width, height, method, animated, anew, ...bounds },
      original,
    )
    if (outcome.kind === 'original') return 'original'
    if (outcome.kind !== 'picture') throw new SandboxFailed('crashed')
    return { bytes: body, contentType: outcome.contentType, width: outcome.width, height: outcome.height }
  }

  async readPage(page: Uint8Array, contentType: string | undefined): Promise<PageFacts> {
    const { outcome } = await this.#run({ kind: 'page', contentType }, async () => page)
    if (outcome.kind !== 'page') throw new SandboxFailed('crashed')
    return outcome.facts
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { timer } of this.#idle) clearTimeout(timer)
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new SandboxFailed('crashed'))
    const children = [...this.#children]
    for (const child of children) child.kill()
    await Promise.all(children.map((child) => child.ended))
  }

  async #run(job: Job, file: () => Promise<Uint8Array>): Promise<{ outcome: Outcome; body: Buffer }> {
    const child = await this.#take()
    try {
      const answer = await child.run(job, await file())
      if (answer.outcome.kind === 'failed') throw new SandboxFailed(answer.outcome.failure)
      return answer
    } finally {
      this.#giveBack(child)
    }
  }

  async #take(): Promise<Child> {
    if (this.#isClosed) throw new SandboxFailed('crashed')
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer)
      if (!idle.child.hasEnded) return idle.child
    }
    const more = limits.sandboxChildrenMax - this.#children.size
    if (more > 0 && !this.#hasStarted) return this.#start()
    if (this.#waiting.length >= this.#waitingMax + more) throw new SandboxFailed('busy')
    const turn = Promise.withResolvers<Child>()
    this.#waiting.push(turn)
    return turn.promise
  }

  /** To start a process takes some 10 ms, in which nobody is answered: one in each turn of the event loop. */
  #start(): Child {
    this.#hasStarted = true
    setImmediate(() => {
      this.#hasStarted = false
      this.#serveWaiting()
    })
    const child = new Child(this.#bounds)
    this.#children.add(child)
    void child.ended.then(() => {
      this.#children.delete(child)
      this.#serveWaiting()
    })
    return child
  }

  /** A child that has seen many files is replaced: whatever one of them may have left in it goes with it. */
  #giveBack(child: Child): void {
    if (child.hasEnded) return
    if (child.files >= limits.sandboxFilesPerChild) {
      child.dismiss()
      return
    }
    const next = this.#waiting.shift()
    if (next === undefined) this.#keepIdle(child)
    else next.resolve(child)
  }

  #keepIdle(child: Child): void {
    const timer = setTimeout(() => this.#dismissIdle(child), this.#idleMs)
    timer.unref()
    this.#idle.push({ child, timer })
  }

  #dismissIdle(child: Child): void {
    const at = this.#idle.findIndex((idle) => idle.child === child)
    if (at !== -1) this.#idle.splice(at, 1)
    child.dismiss()
  }

  #serveWaiting(): void {
    if (this.#isClosed || this.#hasStarted || this.#children.size >= limits.sandboxChildrenMax) return
    this.#waiting.shift()?.resolve(this.#start())
  }
}
