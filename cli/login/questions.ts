import { text } from 'node:stream/consumers'
import { read } from 'read'
import { PlumblineError } from '../../config/errors.ts'
import type { LoginSecret, Steps } from '../../identity/proof/secret-bytes.ts'

/** Asks a person on the terminal; where there is none, each answer is a line of standard input. */
export class Questions {
  #lines: string[] | undefined

  /** A secret answer is not shown while it is typed. Throws USAGE when there is no answer. */
  async ask(prompt: string, { secret }: { readonly secret: boolean }): Promise<string> {
    const answer = process.stdin.isTTY
      ? await read({ prompt, silent: secret, output: process.stderr })
      : await this.#nextLine()
    if (answer === undefined || answer.trim() === '')
      throw new PlumblineError('USAGE', `no answer to '${prompt.trim()}'`, {
        help: 'Run it on a terminal, or write one answer per line to its standard input.',
      })
    return answer.trim()
  }

  /** What the steps of the account demand. */
  async askSecret({ pin, pattern }: Steps): Promise<LoginSecret> {
    const cells = (pattern ?? 0) ** 2 - 1
    return {
      ...(pin === undefined ? {} : { pin: await this.ask(`PIN (${pin} digits): `, { secret: true }) }),
      ...(pattern === undefined
        ? {}
        : {
            pattern: cellsIn(await this.ask(`Pattern (cells 0 to ${cells}, row by row, in order): `, { secret: true })),
          }),
    }
  }

  async #nextLine(): Promise<string | undefined> {
    this.#lines ??= (await text(process.stdin)).split('\n')
    return this.#lines.shift()
  }
}

const cellsIn = (answer: string): readonly number[] => answer.split(/[\s,-]+/).map(Number)
