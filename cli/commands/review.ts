import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { reviewMarkdown } from '../../review/markdown.ts'
import type { Verdict } from '../../review/model.ts'
import { review } from '../../review/review.ts'
import { revisionsOf } from '../../review/revisions.ts'
import { reviewSarif } from '../../review/sarif.ts'
import { reviewText } from '../../review/text.ts'
import { selectable } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type Handler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline review --base origin/main                            what this branch does to people, in every environment
  plumbline review --base origin/main --format markdown          as a comment for a pull request
  plumbline review --base origin/main --sarif review.sarif       also for code scanning
  plumbline review --base origin/main --allow weakening          somebody has agreed to weaker logins

Reads the project in two revisions and nothing else: no system is asked, and no secret opened.

Exit codes: 0 nothing to object to, 1 mistakes or people locked out, 2 logins become weaker and nobody agreed.`

interface Options {
  readonly project?: string
  readonly environment?: string
  readonly base: string
  readonly sarif?: string
  readonly allow?: 'weakening'
}

export function define(command: Command): void {
  selectable(command, 'only this environment (default: every one)')
    .requiredOption('-b, --base <revision>', 'git revision to compare with')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0')
    .addOption(new Option('--allow <what>', 'what was agreed to').choices(['weakening']))
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: Handler<Options> = async ({ terminal }, { project, environment, base, sarif, allow }): Promise<ExitCode> => {
  const found = review(
    base,
    revisionsOf({
      cwd: process.cwd(),
      base,
      ...(project === undefined ? {} : { project }),
      ...(environment === undefined ? {} : { environment }),
    }),
  )
  if (sarif !== undefined) await write(sarif, JSON.stringify(reviewSarif(found, packageFile.version), undefined, 2))
  terminal.result('review', found, { text: reviewText, markdown: reviewMarkdown })
  return allow === 'weakening' && found.verdict === 'weakens' ? EXIT.ok : EXITS[found.verdict]
}

const EXITS: Readonly<Record<Verdict, ExitCode>> = {
  nothing: EXIT.ok,
  safe: EXIT.ok,
  weakens: EXIT.pending,
  'locks out': EXIT.error,
  broken: EXIT.error,
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, `${text}\n`)
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write ${path}`, { cause })
  }
}
