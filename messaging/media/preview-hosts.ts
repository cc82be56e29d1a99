import type { MediaSettings } from './settings.ts'

/** Whether pages of a host may be looked at, at the first request and after every redirect. */
export function hostRule({ previewHosts, previewHostsBlocked }: MediaSettings): (hostname: string) => boolean {
  return (hostname) => {
    const host = hostname.toLowerCase().replace(/\.$/, '')
    if (previewHostsBlocked.some((pattern) => matches(host, pattern))) return false
    return previewHosts === undefined || previewHosts.some((pattern) => matches(host, pattern))
  }
}

/** `*.example.org` is everything beneath example.org, and not example.org itself. */
function matches(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}
