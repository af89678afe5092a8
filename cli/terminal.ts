import { styleText } from 'node:util'
import { printable } from '../config/text/printable.ts'
import type { Result, ResultName } from './output/results.ts'
import { Progress } from './progress.ts'

export const FORMATS = ['text', 'json', 'markdown'] as const
export type Format = (typeof FORMATS)[number]
export type Style = Parameters<typeof styleText>[0]

/** How a result is written for people. Without a form of its own Markdown takes the text. */
export interface Forms<T> {
  /** `undefined`: there is nothing to say. */
  readonly text: (value: T, terminal: Terminal) => string | undefined
  readonly markdown?: (value: T) => string
}

/** Away from a terminal lines may be long: logs are searched, not read across. */
const DEFAULT_WIDTH = 240
const SMALLEST_WIDTH = 40

const MARKS = { none: ['', 'reset'], warning: ['warning', 'yellow'], error: ['error', 'red'] } as const
type Mark = keyof typeof MARKS

/** Where a command writes: results to standard output, remarks and progress to standard error. */
export class Terminal {
  readonly format: Format
  readonly quiet: boolean
  #printed = false

  constructor(format: Format, quiet: boolean) {
    this.format = format
    this.quiet = quiet
  }

  /** Columns of a line of text. */
  get width(): number {
    return Math.max(SMALLEST_WIDTH, process.stdout.columns ?? DEFAULT_WIDTH)
  }

  /** Whether the value was written. */
  get hasPrinted(): boolean {
    return this.#printed
  }

  /**
   * The result of a command, in the format of the run. Nothing else goes to standard output; as JSON it is the one value
   * that the published schema describes.
   */
  result<N extends ResultName, V extends Result<N>>(_command: N, value: V, { text, markdown }: Forms<V>): void {
    if (this.format === 'json') {
      this.printJson(value)
      return
    }
    const written = this.format === 'markdown' && markdown !== undefined ? markdown(value) : text(value, this)
    if (written !== undefined) this.print(written)
  }

  /** The one value of a run. */
  printJson(value: unknown): void {
    this.#printed = true
    process.stdout.write(`${printable(JSON.stringify(value, undefined, 2))}\n`)
  }

  /** A part of a result for people, as it comes; beside JSON it is a remark. */
  print(text: string): void {
    if (this.format === 'json') this.note(text)
    else process.stdout.write(`${text}\n`)
  }

  /** A remark for people; silent with `--quiet`. */
  note(text: string): void {
    if (!this.quiet) process.stderr.write(`${text}\n`)
  }

  /** A complaint: shown even with `--quiet`. `mark` says how bad it is. */
  complain(text: string, mark: Mark = 'none'): void {
    const [word, style] = MARKS[mark]
    const painted = word === '' ? '' : `${styleText(style, word, { stream: process.stderr })} `
    process.stderr.write(`${painted}${printable(text)}\n`)
  }

  /** The word for how bad a result is. */
  marked(mark: Exclude<Mark, 'none'>): string {
    const [word, style] = MARKS[mark]
    return this.paint(style, word)
  }

  /** Text in a colour, where the terminal shows colours (NO_COLOR and FORCE_COLOR are honoured). */
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout })
  }

  /** Shows that a stage goes on for the time of `work`, which may tell how far it is. */
  async stage<T>(label: string, work: (progress: Progress) => Promise<T>, total?: number): Promise<T> {
    const progress = new Progress(process.stderr, label, total, this.quiet)
    try {
      return await work(progress)
    } finally {
      progress.end()
    }
  }
}
