import { packageFile } from '#platform/api.ts'

type Face = { readonly family: string; readonly font: string; readonly scripts: readonly string[] }

/** The two voices of the house. A browser fetches only the scripts that stand on a page. */
const faces: readonly Face[] = [
  {
    family: 'Source Sans 3 Variable',
    font: 'source-sans-3',
    scripts: ['latin', 'latin-ext', 'cyrillic', 'greek', 'vietnamese'],
  },
  { family: 'Source Serif 4 Variable', font: 'source-serif-4', scripts: ['latin', 'latin-ext', 'cyrillic'] },
  { family: 'Noto Sans Arabic Variable', font: 'noto-sans-arabic', scripts: ['arabic'] },
]

const fileOf = (font: string, script: string) => `${font}-${script}-wght-normal.woff2`
const weights: Readonly<Record<string, string>> = { 'noto-sans-arabic': '100 900' }
/** The package names every rare sign of Arabic, in a kilobyte; these blocks hold them all but mathematics. */
const shortRanges: Readonly<Record<string, string>> = {
  arabic: 'U+0600-06FF,U+0750-077F,U+0870-08FF,U+200C-200E,U+FB50-FDFF,U+FE70-FEFC',
}

/** The fonts that the style names, by the name that they are asked for; half a megabyte in all. */
export const fonts: ReadonlyMap<string, Buffer> = new Map(
  faces.flatMap(({ font, scripts }) =>
    scripts.map((script) => {
      const name = fileOf(font, script)
      return [name, packageFile(`@fontsource-variable/${font}/files/${name}`)] as const
    }),
  ),
)

export const fontFaces = faces.map(facesOf).join('')

function facesOf({ family, font, scripts }: Face): string {
  const ranges: Record<string, string> = JSON.parse(packageFile(`@fontsource-variable/${font}/unicode.json`).toString())
  return scripts
    .map((script) => {
      const range = shortRanges[script] ?? ranges[script]
      const weight = weights[font] ?? '200 900'
      return `@font-face{font-family:"${family}";font-style:normal;font-display:swap;font-weight:${weight};
src:url(/c/fonts/${fileOf(font, script)}) format("woff2");unicode-range:${range}}\n`
    })
    .join('')
}
