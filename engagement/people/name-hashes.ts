import type { Vault } from '#platform/api.ts'

/** Enough that names do not meet by chance, and a whole number of JavaScript. What is found is opened anyway. */
const hashBytes = 6

/** Hashes of words of names, keyed and apart for each agency: equal names of two agencies do not meet in a dump. */
export function nameHashes(vault: Pick<Vault, 'lookupHash'>, agencyId: number, words: readonly string[]): number[] {
  return words.map((word) => vault.lookupHash(`citizen name ${agencyId}`, word).readUIntBE(0, hashBytes))
}
