import { Download, ImageOff } from 'lucide-react'
import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { FilePaper, Picture } from '../../matrix/entry.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { useMedia } from '../staff/face.tsx'
import { useOffice } from '../staff/office-context.ts'

const thumbnailFrom = 400_000
const thumbnailSize = { width: 800, height: 600 }
const shownHeightRem = 20

/** Saves a file under its own name. The browser never opens it as a page of ours. */
function useSave() {
  const { media } = useOffice()
  const [part, setPart] = useState<number>()
  async function save(mxc: string, name: string): Promise<void> {
    setPart(0)
    try {
      const bytes = await media.file(mxc, setPart)
      const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
      const link = document.createElement('a')
      link.href = url
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    } catch {
      tell(words.entry.fileFailed, 'halt')
    }
    setPart(undefined)
  }
  return { save, part }
}

const kindOf = (name: string, type: string): string => {
  const ending = /\.([A-Za-z0-9]{1,4})$/.exec(name)?.[1]
  return (ending ?? type.split('/')[1]?.slice(0, 4) ?? '').toUpperCase()
}

export function Paper({ file, tabIndex }: { file: FilePaper; tabIndex: number }) {
  const { save, part } = useSave()
  return (
    <div className="paper">
      <span className="kind" aria-hidden="true">
        {kindOf(file.name, file.type)}
      </span>
      <div>
        <div className="t">{file.name}</div>
        <div className="m">{file.size > 0 && <span>{words.size(file.size)}</span>}</div>
        {part !== undefined && <progress value={part} aria-label={words.entry.saveFile(file.name)} />}
      </div>
      <IconButton
        little
        icon={Download}
        label={words.entry.saveFile(file.name)}
        tab={tabIndex === 0}
        onPress={() => save(file.mxc, file.name)}
      />
    </div>
  )
}

export function PictureView({ picture, tabIndex }: { picture: Picture; tabIndex: number }) {
  const small = picture.thumbnail ?? picture.mxc
  const fromServer = !picture.thumbnail && picture.size > thumbnailFrom ? thumbnailSize : undefined
  const { url, failed } = useMedia(small, fromServer)
  const [open, setOpen] = useState(false)
  const { width, height } = picture
  // The place is kept before the picture is here, so that nothing jumps when it comes.
  const style =
    width && height
      ? { aspectRatio: `${width} / ${height}`, maxBlockSize: `${shownHeightRem}rem` }
      : { minBlockSize: '6rem' }
  const wide = width && height ? Math.min(25, (shownHeightRem * width) / height, width / 16) : 25
  return (
    <figure className="picture" style={{ maxInlineSize: `${Math.max(12, wide)}rem` }}>
      <button
        type="button"
        className="view"
        style={style}
        tabIndex={tabIndex}
        aria-label={words.entry.viewPicture(picture.name)}
        onClick={() => setOpen(true)}
      >
        {url && <img src={url} alt="" />}
        {failed && (
          <span className="line quiet small pad">
            <Icon of={ImageOff} />
            {words.entry.pictureFailed}
          </span>
        )}
      </button>
      <figcaption>
        <span>{picture.name}</span>
        {picture.size > 0 && <span className="end nowrap">{words.size(picture.size)}</span>}
      </figcaption>
      {open && <Lightbox picture={picture} onClose={() => setOpen(false)} />}
    </figure>
  )
}

function Lightbox({ picture, onClose }: { picture: Picture; onClose(): void }) {
  const { url, failed } = useMedia(picture.mxc)
  const { save } = useSave()
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className="veil">
      <Modal className="lightbox">
        <Dialog>
          <header>
            <Heading slot="title" level={2}>
              {picture.name}
            </Heading>
            <span className="small quiet">{words.size(picture.size)}</span>
            <button type="button" className="btn little end" onClick={() => save(picture.mxc, picture.name)}>
              <Icon of={Download} size="s" />
              {words.entry.saveFile('').trim()}
            </button>
            <button type="button" className="btn little" onClick={onClose}>
              {words.close}
            </button>
          </header>
          {url && <img src={url} alt={words.entry.picture(picture.name)} />}
          {failed && <p className="line">{words.entry.pictureFailed}</p>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
