import { FLOORS, type Floor } from './floors.ts'

const WIDTH = 860
const HEIGHT = 46
const GAP = 8
const MARGIN = 20
const TITLE = 40

/** The floors as an SVG, the top floor first: `docs/images/floors.svg`. */
export function floorsPicture(): string {
  const floors = FLOORS.toReversed()
  const height = TITLE + floors.length * (HEIGHT + GAP) + MARGIN
  const title = 'The floors of the product: a file imports from its own floor and from those below it'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-labelledby="title">
  <title id="title">${title}</title>
  <style>.box { fill: #f6f8fa; stroke: #57606a } .service { fill: #ddf4ff; stroke: #0969da } text { fill: #1f2328 } .name { font-weight: 600 }</style>
  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
  <text x="${MARGIN}" y="26" class="name">${title}</text>
${floors.map((floor, i) => floorAt(floor, TITLE + i * (HEIGHT + GAP))).join('\n')}
</svg>
`
}

function floorAt(floor: readonly Floor[], y: number): string {
  const width = (WIDTH - 2 * MARGIN - GAP * (floor.length - 1)) / floor.length
  return floor.map((room, i) => roomAt(room, MARGIN + i * (width + GAP), y, width)).join('\n')
}

function roomAt({ folder, holds }: Floor, x: number, y: number, width: number): string {
  const look = folder.startsWith('identity/') ? 'service' : 'box'
  return `  <rect class="${look}" x="${x}" y="${y}" width="${width}" height="${HEIGHT}" rx="6"/><text class="name" x="${x + 12}" y="${y + 19}">${folder}/</text><text x="${x + 12}" y="${y + 36}">${holds}</text>`
}
