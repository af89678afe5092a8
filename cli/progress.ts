import type { WriteStream } from 'node:tty'

const PATIENCE_MS = 1_000
const FRAME_MS = 100
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const CLEAR_LINE = '\r\u001b[2K'

/**
 * Tells people which stage has begun. A terminal gets a spinner once the stage has taken a second; a log gets one line
 * per stage, whatever it takes.
 */
export class Progress {
  readonly #stream: WriteStream
  readonly #label: string
  readonly #total: number | undefined
  #done = 0
  #detail = ''
  #frame = 0
  #shown = false
  #timer: NodeJS.Timeout | undefined

  constructor(stream: WriteStream, label: string, total: number | undefined, quiet: boolean) {
    this.#stream = stream
    this.#label = label
    this.#total = total
    if (quiet) return
    if (stream.isTTY) this.#wait(PATIENCE_MS)
    else stream.write(`${label}${total === undefined ? '' : ` (${total})`} …\n`)
  }

  /** What is going on right now. */
  say(text: string): void {
    this.#detail = text
  }

  /** One more of the total is done. */
  tick(): void {
    this.#done += 1
  }

  end(): void {
    clearTimeout(this.#timer)
    if (this.#shown) this.#stream.write(CLEAR_LINE)
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#show(), milliseconds).unref()
  }

  #show(): void {
    this.#shown = true
    this.#frame = (this.#frame + 1) % FRAMES.length
    this.#stream.write(`${CLEAR_LINE}${FRAMES[this.#frame]} ${this.#line()}`)
    this.#wait(FRAME_MS)
  }

  #line(): string {
    const count = this.#total === undefined ? '' : ` ${this.#done}/${this.#total}`
    return [`${this.#label}${count}`, this.#detail].filter((t) => t !== '').join(': ')
  }
}
