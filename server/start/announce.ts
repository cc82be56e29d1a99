import type { Config } from '#platform/api.ts'
import { demoSignIns, demoWarning } from '../demo/greeting.ts'
import type { RunningChancery } from './start-chancery.ts'

/**
 * Says in plain words where to open it and, as long as nobody owns the server, the link that makes the owner. Where the
 * demo has been, it says how to sign in.
 */
export async function announce(deps: {
  running: RunningChancery
  config: Config
  say: (line: string) => void
}): Promise<void> {
  const { running, config, say } = deps
  const { setup } = running.chancery.identity
  say('')
  say(`Chancery is running. Open ${config.publicUrl} in a browser.`)
  const token = await setup.ensureLink()
  if (token !== undefined) {
    say('Nobody owns it yet. Set it up with this link; it works once:')
    say(`  ${config.publicUrl}/#/setup/${token}`)
  }
  if (running.isDemo) {
    if (!config.isDemo) say(demoWarning)
    for (const line of demoSignIns()) say(line)
  }
  if (running.simulatorUrl !== undefined) say(`Citizens: ${running.simulatorUrl}/phone`)
  say('Stop it with Ctrl-C.')
}
