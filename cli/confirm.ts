import { createInterface } from 'node:readline/promises'
import { PlumblineError } from '../config/errors.ts'

/** Asks on the terminal and returns on yes. Throws REFUSED on anything else, USAGE where nobody can be asked. */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new PlumblineError('USAGE', 'there is no terminal to ask on; nothing was done', {
      help: 'Add --yes, or save a plan with `plumbline plan --out FILE` and apply that.',
    })
  }
  const dialogue = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await dialogue.question(`${question} [y/N] `, { signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new PlumblineError('REFUSED', 'nothing was done')
  } finally {
    dialogue.close()
  }
}
