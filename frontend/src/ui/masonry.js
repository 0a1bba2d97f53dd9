/**
 * Where each box of a masonry stands, in the order given: always under the shortest column.
 * @param {{ width: number, height: number }[]} sizes
 * @param {{ room: number, column: number, gap: number, foot: number }} frame `foot` is a caption's height
 */
export function layOut(sizes, { room, column, gap, foot }) {
  const columns = Math.max(2, Math.round((room + gap) / (column + gap)))
  const width = (room - gap * (columns - 1)) / columns
  const ends = Array.from({ length: columns }, () => 0)
  const boxes = sizes.map((size) => {
    const at = ends.indexOf(Math.min(...ends))
    const height = Math.round((width * size.height) / size.width) + foot
    const box = { left: at * (width + gap), top: ends[at], width, height }
    ends[at] += height + gap
    return box
  })
  return { boxes, height: Math.max(0, ...ends.map((end) => end - gap)), columns, width }
}
