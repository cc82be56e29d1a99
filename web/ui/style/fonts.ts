// Latin arrives with the first page; every further script is its own file that the browser asks for when it meets a
// letter of it.
import '@fontsource-variable/source-serif-4/wght.css'
import '@fontsource-variable/source-sans-3/wght.css'
import '@fontsource-variable/source-code-pro/wght.css'
import '@fontsource-variable/noto-sans-arabic/wght.css'
