import { CornerUpLeft, Pencil, X } from 'lucide-react'
import type { ComposerModel } from '../../models/composer.ts'
import { words } from '../../words/index.ts'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { useValue } from '../parts/use-value.ts'

/** What the composer does besides writing something new, and the way out of it. */
export function ModeLine({ composer }: { composer: ComposerModel }) {
  const mode = useValue(composer.mode)
  if (mode.kind === 'new') return null
  return (
    <div className="mode">
      <Icon of={mode.kind === 'edit' ? Pencil : CornerUpLeft} size="s" turn={mode.kind === 'reply'} />
      {mode.kind === 'edit' ? (
        <span>{words.composer.editing}</span>
      ) : (
        <span className="q">
          <b>
            {words.composer.replyingTo} {mode.name}
          </b>{' '}
          {mode.text}
        </span>
      )}
      <IconButton little icon={X} label={words.composer.cancelMode} onPress={() => composer.stopMode()} />
    </div>
  )
}

/** Files that are being sent: how far they are, and how to stop or repeat. */
export function FilesOnTheWay({ composer }: { composer: ComposerModel }) {
  const files = useValue(composer.files)
  if (files.length === 0) return null
  return (
    <div className="uploads">
      {files.map((file) => (
        <div
          key={file.id}
          className={file.failure ? 'upload failed' : 'upload'}
          role={file.failure ? 'alert' : 'group'}
        >
          <div>
            {file.failure ? (
              words.composer.uploadFailed(file.name, file.failure)
            ) : (
              <>
                <span className="t">{file.name}</span>
                <progress value={file.part} aria-label={words.composer.uploading(file.name)} />
              </>
            )}
          </div>
          <span className="line">
            {file.failure && (
              <button type="button" className="btn little" onClick={() => composer.upload(file.id)}>
                {words.tryAgain}
              </button>
            )}
            <IconButton
              little
              icon={X}
              label={words.composer.cancelUpload(file.name)}
              onPress={() => composer.cancelFile(file.id)}
            />
          </span>
        </div>
      ))}
    </div>
  )
}
