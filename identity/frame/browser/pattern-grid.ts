import { filled } from '../../platform/filled.ts'
import { between } from '../../proof/secret-bytes.ts'

const KEYS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
/** Share of a cell around its middle in which a drag joins it. */
const REACH = 0.36

/** Names of the points (`Row {row}, column {column}`), and what is said while they are joined (`{count} points joined`). */
export interface GridTexts {
  readonly cell: string
  readonly joined: string
}

/** The input of a pattern: points joined by dragging, by tapping, by keyboard, or written as numbers. */
export class PatternGrid {
  readonly #screen: HTMLElement
  readonly #grid: HTMLElement
  readonly #line: SVGPolylineElement
  readonly #texts: GridTexts
  #points: readonly HTMLButtonElement[] = []
  #side = 0
  #cells: readonly number[] = []
  #dragging = false

  constructor(screen: HTMLElement, side: number, texts: GridTexts) {
    this.#screen = screen
    this.#texts = texts
    this.#grid = screen.querySelector('.grid') as HTMLElement
    this.#line = this.#grid.querySelector('polyline') as SVGPolylineElement
    this.resize(side)
    this.#listen()
  }

  /** Lays out a grid of so many points on a side. */
  resize(side: number): void {
    if (side === this.#side) return
    for (const point of this.#points) point.remove()
    this.#side = side
    this.#points = Array.from({ length: side * side }, (_, cell) => this.#point(cell))
    this.#grid.className = `grid side-${side}`
    this.#grid.querySelector('svg')?.setAttribute('viewBox', `0 0 ${side} ${side}`)
    this.#grid.append(...this.#points)
    this.clear()
  }

  #point(cell: number): HTMLButtonElement {
    const point = document.createElement('button')
    const place = { row: Math.floor(cell / this.#side) + 1, column: (cell % this.#side) + 1 }
    point.type = 'button'
    point.tabIndex = cell === 0 ? 0 : -1
    point.setAttribute('aria-label', filled(this.#texts.cell, place))
    return point
  }

  /** Indexes of the joined points, row by row from 0; what is written as numbers goes first. */
  get cells(): readonly number[] {
    const numbers = this.#numbers.value.match(/\d+/g)?.map((n) => Number(n) - 1)
    return numbers ?? this.#cells
  }

  get side(): number {
    return this.#side
  }

  clear(): void {
    this.#numbers.value = ''
    this.#show([])
  }

  focus(): void {
    this.#points.find((point) => point.tabIndex === 0)?.focus()
  }

  get #numbers(): HTMLInputElement {
    return this.#screen.querySelector('details input') as HTMLInputElement
  }

  #listen(): void {
    this.#screen.querySelector('[data-clear]')?.addEventListener('click', () => this.clear())
    this.#grid.addEventListener('keydown', (event) => this.#key(event))
    // A click of the mouse follows a pointer that joined the point already; keyboards and screen readers click without one.
    this.#grid.addEventListener('click', (event) => {
      const cell = this.#points.indexOf(event.target as HTMLButtonElement)
      if (event.detail === 0 && cell >= 0) this.#join(cell)
    })
    this.#grid.addEventListener('pointerdown', (event) => this.#down(event))
    this.#grid.addEventListener('pointermove', (event) => this.#dragging && this.#under(event, REACH))
    for (const end of ['pointerup', 'pointercancel'])
      this.#grid.addEventListener(end, () => {
        this.#dragging = false
      })
  }

  #down(event: PointerEvent): void {
    this.#grid.setPointerCapture(event.pointerId)
    this.#dragging = true
    this.#under(event, 0.5)
  }

  /** Joins the point whose middle is near enough. */
  #under({ clientX, clientY }: PointerEvent, reach: number): void {
    const { left, top, width } = this.#grid.getBoundingClientRect()
    const size = width / this.#side
    const [x, y] = [(clientX - left) / size, (clientY - top) / size]
    const [column, row] = [Math.floor(x), Math.floor(y)]
    const inside = column >= 0 && column < this.#side && row >= 0 && row < this.#side
    const near = Math.hypot(x - column - 0.5, y - row - 0.5) <= reach * Math.SQRT2
    if (inside && near) this.#join(row * this.#side + column)
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Backspace') this.#show(this.#cells.slice(0, -1))
    const move = KEYS[event.key]
    if (!move) return
    event.preventDefault()
    const at = this.#points.indexOf(event.target as HTMLButtonElement)
    const [column, row] = [(at % this.#side) + move[0], Math.floor(at / this.#side) + move[1]]
    if (column < 0 || row < 0 || column >= this.#side || row >= this.#side) return
    this.#focusOn(row * this.#side + column)
  }

  #focusOn(cell: number): void {
    for (const [i, point] of this.#points.entries()) point.tabIndex = i === cell ? 0 : -1
    this.#points[cell]?.focus()
  }

  /** Free points on the straight way to a point are joined with it. */
  #join(cell: number): void {
    if (this.#cells.includes(cell)) return
    const last = this.#cells.at(-1)
    const passed = last === undefined ? [] : between(this.#side, last, cell).filter((c) => !this.#cells.includes(c))
    this.#show([...this.#cells, ...passed, cell])
    for (const [i, point] of this.#points.entries()) point.tabIndex = i === cell ? 0 : -1
  }

  #show(cells: readonly number[]): void {
    this.#cells = cells
    for (const [i, point] of this.#points.entries()) point.setAttribute('aria-pressed', String(cells.includes(i)))
    const middle = (cell: number) => `${(cell % this.#side) + 0.5},${Math.floor(cell / this.#side) + 0.5}`
    this.#line.setAttribute('points', cells.map(middle).join(' '))
    const status = this.#screen.querySelector('[data-joined]')
    if (status) status.textContent = cells.length === 0 ? '' : filled(this.#texts.joined, { count: cells.length })
  }
}
