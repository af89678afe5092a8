import { writeFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { findProjectFile } from '../../config/project/file.ts'
import { CHECKOUT } from '../../config/project/trust.ts'
import type { Allowable } from '../../library/allowance.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { withRules } from '../../posture/changed.ts'
import { withBreakGlass } from '../../review/break-glass.ts'
import type { Review, Verdict } from '../../review/model.ts'
import { review } from '../../review/review.ts'
import { type ComparedProject, revisionsOf } from '../../review/revisions.ts'
import { reviewSarif } from '../../review/sarif.ts'
import { withLogins } from '../../shadow/reviewed.ts'
import { isAllowable } from '../allowance-options.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { REVIEW_FORMS } from '../report/review.ts'
import { withPlans } from '../review/live.ts'
import { openPost } from '../review/posting.ts'
import { defineServe } from '../review/serve.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline review --base origin/main                            what this branch does to people, in every environment
  plumbline review --base origin/main --format markdown          as a comment for a pull request
  plumbline review --base origin/main --post https://github.com/acme/identity/pull/7
                                                                 into one comment there, kept up to date, and a check
  plumbline review --base origin/main --live --out plans         also the plan, saved for: plumbline apply plans/NAME.plan
  plumbline review --base origin/main --sign-in                  and really sign in, before and after
  plumbline review --base origin/main --sarif review.sarif       also for code scanning
  plumbline review --base origin/main --allow weakening          somebody has agreed to weaker logins

Without --live it reads the project in two revisions and nothing else: no system is asked, and no secret opened. With it
the base decides what may be read and reached. The token for --post is in PLUMBLINE_FORGE_TOKEN, GH_TOKEN, GITHUB_TOKEN
or GITEA_TOKEN; a GitHub App has PLUMBLINE_APP_ID and PLUMBLINE_APP_KEY_FILE.

Exit codes: 0 nothing to object to, 1 mistakes, people locked out or no plan, 2 logins become weaker and nobody agreed.`

type Agreed = 'weakening' | Allowable

interface Options {
  readonly project?: string
  readonly environment?: string
  readonly base?: string
  readonly sarif?: string
  readonly signIn?: true
  readonly allow?: readonly Agreed[]
  readonly post?: string
  readonly live?: true
  readonly out?: string
  readonly trust?: string
  readonly prune?: true
}

export function define(command: Command): void {
  trusting(selectable(command, 'only this environment (default: every one)'))
    .option('-b, --base <revision>', 'git revision to compare with')
    .option('--post <pull-request>', 'write it there: address of a pull request, or its number in a CI job')
    .option('--sign-in', 'also sign in as everybody, before and after, at a service of its own')
    .option('--live', 'ask the systems, too, and show the plan')
    .option('-o, --out <folder>', 'with --live: save a plan for each environment, for `apply`')
    .option('--prune', 'with --live: plan as `plan --prune` does')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0')
    .addOption(
      new Option(
        '--allow <what>',
        'what was agreed to: weakening; with --live delete, replace or empty, too; may be repeated',
      ).argParser(collect),
    )
    .addHelpText('after', EXAMPLES)
    // What stands behind `serve` is for `serve`.
    .enablePositionalOptions()
  handle(command, run)
  defineServe(command.command('serve'))
}

function collect(word: string, before: readonly Agreed[] = []): readonly Agreed[] {
  if (word === 'weakening' || isAllowable(word)) return [...before, word]
  throw new InvalidArgumentError('Allowed choices are weakening, delete, replace, empty.')
}

const run: CommandHandler<Options> = async (runtime, options): Promise<ExitCode> => {
  const { post: pull, allow = [], environment, base } = options
  if (base === undefined)
    throw new PlumblineError('USAGE', "required option '-b, --base <revision>' not specified", {
      help: 'Name what to compare with, e.g. --base origin/main.',
    })
  requireLive(options)
  const file = options.project ?? findProjectFile(process.cwd())
  const posting = { file, ...(environment === undefined ? {} : { environment }) }
  const post = pull === undefined ? undefined : await openPost(runtime, { ...posting, pull })
  const consented = allow.includes('weakening')
  const found = await reviewed(runtime, file, base, options).catch(async (thrown) => {
    await post?.failure(thrown)
    throw thrown
  })
  await post?.review(found, consented)
  runtime.terminal.result('review', found, REVIEW_FORMS)
  return exitOf(found, consented)
}

/** Throws USAGE for what would do nothing without a plan. */
function requireLive({ live, out, prune, allow = [] }: Options): void {
  const consent = allow.find((word) => word !== 'weakening')
  const asked = [out && '--out', prune && '--prune', consent && `--allow ${consent}`].find((option) => option)
  if (live !== undefined || asked === undefined) return
  throw new PlumblineError('USAGE', `${asked} is about the plan, which only --live makes`, { help: 'Add --live.' })
}

async function reviewed(runtime: Run, project: string, base: string, options: Options): Promise<Review> {
  const { sarif, environment, signIn, live, trust, prune, out, allow = [] } = options
  const selected = { cwd: process.cwd(), project, ...(environment === undefined ? {} : { environment }) }
  const compared = revisionsOf({ ...selected, base })
  const { environments } = compared
  const said = withBreakGlass(
    withRules(review(base, environments, compared.project), environments, today()),
    environments,
  )
  const found = signIn === undefined ? said : await tried(runtime, said, environments)
  const writeSarif = async (said: Review): Promise<Review> => {
    if (sarif !== undefined) await write(sarif, JSON.stringify(reviewSarif(said, packageFile.version), undefined, 2))
    return said
  }
  await writeSarif(found)
  if (live === undefined) return found
  const asked = await withPlans(runtime, found, {
    project,
    trust: trust ?? base,
    allow: allow.filter((word) => isAllowable(word)),
    ...(prune && { prune }),
    ...(out !== undefined && { out }),
    ...(trust !== CHECKOUT && {
      reviewed: trust === undefined ? compared.environments : revisionsOf({ ...selected, base: trust }).environments,
    }),
  })
  return writeSarif(asked)
}

const today = (): string => new Date().toISOString().slice(0, 10)

/** Real logins, with progress: one environment after the other. */
const tried = (
  { terminal, signal }: Run,
  said: Review,
  environments: ComparedProject['environments'],
): Promise<Review> =>
  terminal.stage('signing in before and after the change', (progress) =>
    withLogins(said, environments, { signal, onLogin: (done, all) => progress.say(`login ${done} of ${all}`) }),
  )

/** Why there is no plan does not depend on what was agreed to. */
function exitOf({ verdict, environments }: Review, consented: boolean): ExitCode {
  if (environments.some(({ live }) => live !== undefined && 'failure' in live)) return EXIT.error
  return consented && verdict === 'weakens' ? EXIT.ok : EXITS[verdict]
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
