export type Box = { readonly width: number; readonly height: number; readonly method: 'crop' | 'scale' }

const sizes = (method: Box['method'], ...boxes: readonly (readonly [number, number])[]): Box[] =>
  boxes.map(([width, height]) => ({ width, height, method }))

/**
 * The boxes that thumbnails are made for: those of the specification, and larger ones for screens with many pixels.
 * https://spec.matrix.org/v1.19/client-server-api/#thumbnails
 */
const boxes: readonly Box[] = [
  ...sizes('crop', [32, 32], [96, 96], [320, 240], [320, 320], [640, 480], [640, 640], [800, 600], [1_600, 1_200]),
  ...sizes('crop', [1_600, 1_600], [3_200, 3_200]),
  ...sizes('scale', [320, 240], [640, 480], [800, 600], [1_600, 1_200], [3_200, 2_400]),
]

/**
 * The box for a wish: never smaller than the wish while there is one, of its proportions as nearly as may be when it is
 * cropped, and then the smallest. Few boxes, so that nobody can have a picture stored in every size.
 */
export function boxFor(wish: Box): Box {
  const known = boxes.filter(({ method }) => method === wish.method)
  const fitting = known.filter(({ width, height }) => width >= wish.width && height >= wish.height)
  if (fitting.length === 0) return known.at(-1)!
  const skew = (box: Box) =>
    wish.method === 'scale' ? 0 : Math.abs(Math.log((box.width * wish.height) / (box.height * wish.width)))
  return fitting.reduce((best, box) => (isBetter(skew(box) - skew(best), box, best) ? box : best))
}

function isBetter(skewed: number, box: Box, best: Box): boolean {
  return Math.abs(skewed) < 1e-9 ? box.width * box.height < best.width * best.height : skewed < 0
}
