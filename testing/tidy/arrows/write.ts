/** `npm run arrows`: draws the picture of arrows into docs/reference/. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cruiseArrows, foldersOfTheHouse } from './cruise.ts'
import { drawPicture, pictureFile } from './picture.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const { modules } = await cruiseArrows(root)
mkdirSync(dirname(join(root, pictureFile)), { recursive: true })
writeFileSync(join(root, pictureFile), drawPicture(foldersOfTheHouse(root), modules))
console.log(`Drawn: ${pictureFile}`)
