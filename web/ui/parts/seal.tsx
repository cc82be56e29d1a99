import type { SVGProps } from 'react'

/** What protects a room's words: see each drawing's comment. A word always stands beside it. */
export type SealState = 'closed' | 'open' | 'held' | 'broken'

const drawings: Record<SealState, React.ReactNode> = {
  // End to end, everyone checked.
  closed: (
    <path
      fill="currentColor"
      stroke="none"
      fillRule="evenodd"
      d="M12 2a10 10 0 1 0 .01 0ZM12 5a7 7 0 1 1-.01 0ZM12 6.9a5.1 5.1 0 1 0 .01 0Z"
    />
  ),
  // End to end, but a device is not checked.
  open: (
    <>
      <circle cx="12" cy="12" r="9.2" />
      <circle cx="12" cy="12" r="4.6" />
    </>
  ),
  // Encrypted on our server.
  held: (
    <>
      <circle cx="12" cy="12" r="9.2" />
      <path fill="currentColor" stroke="none" d="M12 6.6v10.8a5.4 5.4 0 0 1 0-10.8Z" />
      <circle cx="12" cy="12" r="4.9" strokeWidth="1.2" />
    </>
  ),
  // Cannot be opened on this device.
  broken: (
    <>
      <path d="M14.2 2.9a9.3 9.3 0 0 1 3.6 16.3M9.8 21a9.3 9.3 0 0 1-3.6-16.3" />
      <path d="m13.5 4-2.6 5 3 3-3 3 1.6 5" />
    </>
  ),
}

const tones: Record<SealState, string> = { closed: '', open: ' unsure', held: ' held', broken: ' broken' }

export function Seal({ state, className = '' }: { state: SealState; className?: string }) {
  return (
    <svg className={`i seal${tones[state]} ${className}`} viewBox="0 0 24 24" aria-hidden="true">
      {drawings[state]}
    </svg>
  )
}

/** The mark of Chancery: a C in a ring in a ring. */
export function Mark(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" {...props}>
      <circle cx="16" cy="16" r="15.2" fill="currentColor" stroke="none" />
      <circle cx="16" cy="16" r="12.4" fill="none" stroke="var(--mark-ground)" strokeWidth="1.1" />
      <path
        fill="var(--mark-ground)"
        stroke="none"
        d="M17.37 23.3Q15.94 23.3 14.7 22.84Q13.46 22.37 12.53 21.46Q11.59 20.54 11.06 19.19Q10.53 17.84 10.53 16.07Q10.53 14.24 11.09 12.87Q11.64 11.49 12.61 10.56Q13.57 9.63 14.81 9.17Q16.05 8.7 17.42 8.7Q18.38 8.7 19.34 8.91Q20.3 9.13 21.19 9.66L21.34 12.92H20.38L19.28 9.5L20.54 9.82L20.58 10.66Q19.83 10.03 19.11 9.78Q18.39 9.53 17.71 9.53Q16.58 9.53 15.62 10.23Q14.65 10.93 14.07 12.37Q13.49 13.8 13.49 16.02Q13.49 18.23 14.04 19.66Q14.6 21.09 15.54 21.78Q16.49 22.47 17.64 22.47Q18.37 22.47 19.16 22.21Q19.95 21.96 20.7 21.37L20.68 22.17L19.42 22.49L20.5 19.01H21.47L21.31 22.33Q20.49 22.81 19.48 23.05Q18.47 23.3 17.37 23.3Z"
      />
    </svg>
  )
}
