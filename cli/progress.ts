import type { WriteStream } from 'node:tty'

const PATIENCE_MS = 1_000
const FRAME_MS = 100
const LINE_MS = 5_000
/** Plain lines come more and more rarely, so that a long wait does not fill a log: each after this share of the time so far. */
const LINE_SHARE = 0.5
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const CLEAR_LINE = '\r\u001b[2K'

/**
 * Tells people that work goes on, once it has taken a second: a spinner line on a terminal, elsewhere a plain line
 * every few seconds.
 */
export class Progress {
  readonly #stream: WriteStream
  readonly #label: string
  readonly #total: number | undefined
  readonly #started = Date.now()
  #done = 0
  #detail = ''
  #frame = 0
  #shown = false
  #timer: NodeJS.Timeout | undefined

  constructor(stream: WriteStream, label: string, total: number | undefined, quiet: boolean) {
    this.#stream = stream
    this.#label = label
    this.#total = total
    if (!quiet) this.#wait(PATIENCE_MS)
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
    if (this.#shown && this.#stream.isTTY) this.#stream.write(CLEAR_LINE)
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#show(), milliseconds).unref()
  }

  #show(): void {
    this.#shown = true
    this.#frame = (this.#frame + 1) % FRAMES.length
    this.#stream.write(
      this.#stream.isTTY ? `${CLEAR_LINE}${FRAMES[this.#frame]} ${this.#line()}` : `${this.#line()} …\n`,
    )
    const elapsed = Date.now() - this.#started
    this.#wait(this.#stream.isTTY ? FRAME_MS : Math.max(LINE_MS, elapsed * LINE_SHARE))
  }

  #line(): string {
    const count = this.#total === undefined ? '' : ` ${this.#done}/${this.#total}`
    return [`${this.#label}${count}`, this.#detail].filter((t) => t !== '').join(': ')
  }
}
