import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttemptState, attemptPlaces, attemptState, further, mayHaveLeft } from './attempt-states.ts'

const heardOf = fc.constantFrom<AttemptState>('unknown', 'accepted', 'sent', 'failed', 'delivered', 'read')
const history = fc.array(heardOf, { maxLength: 12 })
const known = (heard: readonly AttemptState[], from: AttemptState = 'sending') => heard.reduce(further, from)

describe('what is known of an attempt', () => {
  it('is the same in whatever order and however often it was heard', () => {
    const shuffledWithDoubles = history.chain((heard) =>
      fc.record({
        heard: fc.constant(heard),
        other: fc.shuffledSubarray([...heard, ...heard], { minLength: heard.length * 2 }),
      }),
    )
    fc.assert(
      fc.property(shuffledWithDoubles, ({ heard, other }) => {
        expect(known(other)).toBe(known(heard))
      }),
    )
  })

  it('never goes back', () => {
    fc.assert(
      fc.property(history, heardOf, (heard, next) => {
        const before = known(heard)
        expect(attemptPlaces[further(before, next)]).toBeGreaterThanOrEqual(attemptPlaces[before])
      }),
    )
  })

  it('is failed only where no delivery was heard of', () => {
    fc.assert(
      fc.property(history, (heard) => {
        const arrived = heard.includes('delivered') || heard.includes('read')
        expect(known(heard) === 'failed').toBe(heard.includes('failed') && !arrived)
      }),
    )
  })

  it('counts as having left from the moment at which it may be handed over', () => {
    const states = Object.keys(attemptPlaces) as AttemptState[]
    expect(states.filter((state) => !mayHaveLeft(state))).toEqual(['queued', 'withheld'])
  })

  it('is stored as a number and read back', () => {
    for (const [state, place] of Object.entries(attemptPlaces)) expect(attemptState(place)).toBe(state)
    expect(() => attemptState(99)).toThrow('no state with the number 99')
  })
})
