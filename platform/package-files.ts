import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A file of a package that is installed with the server: `@fontsource-variable/…/files/….woff2`. Read once, so keep it. */
export const packageFile = (name: string): Buffer => readFileSync(require.resolve(name))
