import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { type Command, Option } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { runtimeUrl } from '../external-runtime.ts'
import { commonFiles, type Files, SECRETS_FILE } from '../init/files.ts'
import { filesFrom } from '../init/from-systems.ts'
import { type Start, startFiles } from '../init/new-project.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline init acme                                     a new folder, with questions on a terminal
  plumbline init --organization acme --display-name Acme  here, without questions
  plumbline init acme --pulumi                            with a Pulumi.yaml, for pulumi up
  plumbline init acme --endpoint http://127.0.0.1:8470    on a service that \`plumbline serve\` runs
  plumbline init acme --from connection.yaml              documents of all that a live system has

Writes a project with one organization, the environments dev and production, a .gitignore, an editor schema and a workflow.
With --from it is the environment production, as the systems behind the Connections of the file are now; nothing is sent to
them. Nothing that exists is overwritten.`

interface Options {
  readonly organization?: string
  readonly displayName?: string
  readonly endpoint?: string
  readonly from?: string
  readonly pulumi?: true
}

export function define(command: Command): void {
  command
    .argument('[folder]', 'where the project begins (default: here)')
    .option('--organization <id>', 'id of the first organization: lower-case letters, digits and dashes')
    .option('--display-name <text>', 'what people see of it')
    .addOption(new Option('--endpoint <url>', 'an identity service that runs').argParser(runtimeUrl))
    .addOption(
      new Option('--from <file>', 'start from what the systems behind the Connections of this file have').conflicts([
        'organization',
        'displayName',
        'endpoint',
      ]),
    )
    .option('--pulumi', 'also write Pulumi.yaml, for `pulumi up`')
    .addHelpText('after', EXAMPLES)
  handle(command, init)
}

const init: CommandHandler<Options> = async (run, options, [place = '.']): Promise<ExitCode> => {
  const folder = resolve(place)
  const name = idOf(basename(folder)) || 'acme'
  const { from } = options
  const begun = from === undefined ? startFiles(await startOf(run, name, options)) : await filesFrom(run, name, from)
  const files = new Map([...begun, ...commonFiles(name, options)])
  refuseExisting(folder, files)
  for (const [path, text] of files) await writeNew(join(folder, path), text, path === SECRETS_FILE ? 0o600 : 0o666)
  tellNext(run, folder, files)
  return EXIT.ok
}

const ID = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** The nearest good id of a text; empty when it has no letter or digit. */
const idOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)

async function startOf(run: Run, name: string, { endpoint, ...options }: Options): Promise<Start> {
  const organization = options.organization ?? (await ask(run, 'Id of the first organization', name))
  if (!ID.test(organization))
    throw new PlumblineError('USAGE', `'${organization}' is not an organization id`, {
      help: `Use lower-case letters, digits and dashes, e.g. ${idOf(organization) || 'acme'}.`,
    })
  const displayName = options.displayName ?? (await ask(run, 'What people see of it', nameOf(organization)))
  return { name, organization, displayName, ...(endpoint === undefined ? {} : { endpoint }) }
}

const nameOf = (id: string): string => `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`

/** Asks on a terminal; where there is none, what is proposed holds. */
async function ask({ signal }: Run, question: string, proposed: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return proposed
  const dialogue = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = (await dialogue.question(`${question} [${proposed}]: `, { signal })).trim()
    return answer === '' ? proposed : answer
  } finally {
    dialogue.close()
  }
}

function refuseExisting(folder: string, files: Files): void {
  const there = [...files.keys()].filter((path) => existsSync(join(folder, path)))
  if (there.length === 0) return
  throw new PlumblineError('REFUSED', `${there.join(', ')} ${there.length === 1 ? 'exists' : 'exist'} already`, {
    help: 'Name an empty folder. Nothing was written.',
  })
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx', mode })
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write ${path}`, { cause })
  }
}

/** To be copied into a shell. */
const forShell = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)

function tellNext({ terminal }: Run, folder: string, files: Files): void {
  const written = [...files.keys()]
  const here = relative(process.cwd(), folder)
  terminal.result(
    'init',
    { folder, files: written },
    { text: () => written.map((path) => `wrote ${join(here, path)}`).join('\n') },
  )
  const enter = here === '' ? '' : `  cd ${forShell(here)}\n`
  terminal.note(`\nNext:\n${enter}  plumbline validate\n  plumbline apply\n  plumbline plan`)
}
