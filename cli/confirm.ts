import { createInterface } from 'node:readline/promises'
import { PlumblineError } from '../config/errors.ts'

const YES = /^y(es)?$/i

/**
 * Asks on the terminal and returns on yes, or on the word that is to be typed. Throws REFUSED on anything else, USAGE where
 * nobody can be asked.
 */
export async function confirm(question: string, signal: AbortSignal, word?: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new PlumblineError('USAGE', 'there is no terminal to ask on; nothing was done', {
      help: 'Add --yes, or save a plan with `plumbline plan --out FILE` and apply that.',
    })
  }
  const dialogue = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = (await dialogue.question(`${question} ${word === undefined ? '[y/N] ' : ''}`, { signal })).trim()
    if (word === undefined ? !YES.test(answer) : answer !== word)
      throw new PlumblineError('REFUSED', 'nothing was done')
  } finally {
    dialogue.close()
  }
}
