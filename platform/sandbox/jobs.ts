import type { PageFacts, Picture, PictureWish, SandboxFailure } from './types.ts'

/** What the child is asked; the file is the body of the frame. */
export type Job =
  | ({
      readonly kind: 'shrink'
      readonly pixelsMax: number
      readonly movingPixelsMax: number
      readonly bytesMax: number
    } & PictureWish)
  | { readonly kind: 'page'; readonly contentType: string | undefined }

/** What it says; the picture is the body of the frame. */
export type Outcome =
  | ({ readonly kind: 'picture' } & Omit<Picture, 'bytes'>)
  | { readonly kind: 'original' }
  | { readonly kind: 'page'; readonly facts: PageFacts }
  | { readonly kind: 'failed'; readonly failure: SandboxFailure }
