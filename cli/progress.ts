import type { WriteStream } from 'node:tty'

const PATIENCE_MS = 1_000
const FRAME_MS = 100
const LINE_MS = 5_000
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const CLEAR_LINE = '\r\u001b[2K'

/**
 * Tells people that work goes on, once it has taken a second: a spinner line on a terminal, elsewhere a plain line
 * every five seconds.
 */
export class Progress {
  readonly #stream: WriteStream
  readonly #label: string
  readonly #total: number | undefined
  #done = 0
  #frame = 0
  #shown = false
  #timer: NodeJS.Timeout | undefined

  constructor(stream: WriteStream, label: string, total: number | undefined, quiet: boolean) {
    this.#stream = stream
    this.#label = label
    this.#total = total
    if (!quiet) this.#timer = setTimeout(() => this.#start(), PATIENCE_MS).unref()
  }

  /** One more of the total is done. */
  tick(): void {
    this.#done += 1
  }

  end(): void {
    clearTimeout(this.#timer)
    if (this.#shown && this.#stream.isTTY) this.#stream.write(CLEAR_LINE)
  }

  #start(): void {
    this.#shown = true
    this.#show()
    this.#timer = setInterval(() => this.#show(), this.#stream.isTTY ? FRAME_MS : LINE_MS).unref()
  }

  #show(): void {
    const count = this.#total === undefined ? '' : ` ${this.#done}/${this.#total}`
    const line = `${this.#label}${count}`
    this.#frame = (this.#frame + 1) % FRAMES.length
    this.#stream.write(this.#stream.isTTY ? `${CLEAR_LINE}${FRAMES[this.#frame]} ${line}` : `${line} …\n`)
  }
}
