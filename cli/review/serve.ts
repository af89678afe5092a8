import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { onOneLine } from '../../config/text/printable.ts'
import { repositoryAt } from '../../forge/address.ts'
import { credentialsIn } from '../../forge/credentials.ts'
import type { ForgeKind } from '../../forge/model.ts'
import { openForge } from '../../forge/open.ts'
import { openStore } from '../../identity/store/open.ts'
import type { Store } from '../../identity/store/store.ts'
import { Secret } from '../../reconciler/secret.ts'
import { reviewMarkdown } from '../../review/markdown.ts'
import { plumblineAt } from '../../review/server/child-process.ts'
import type { Desk } from '../../review/server/context.ts'
import { Mirror } from '../../review/server/mirror.ts'
import { reviewServer } from '../../review/server/server.ts'
import { EXIT } from '../exit.ts'
import { plansBySystem } from '../report/plan-markdown.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { portOf } from '../serving.ts'

const EXAMPLES = `
Examples:
  plumbline review serve --repository https://github.com/acme/identity           reviews documents, asks no system
  plumbline review serve --repository https://github.com/acme/identity --live    also plans, and applies after the merge
  plumbline review serve --repository https://git.acme.example/acme/identity --live --apply command

Webhooks come to /webhook, signed with PLUMBLINE_WEBHOOK_SECRET. The token is in PLUMBLINE_FORGE_TOKEN; a GitHub App has
PLUMBLINE_APP_ID and PLUMBLINE_APP_KEY_FILE. Reviews from documents run without any of the environment; plans have it,
without what the server itself needs.`

/** Of a review; above it stands who waits for whom. */
const MOST_BYTES = 50_000

interface Options {
  readonly repository: string
  readonly forge?: ForgeKind
  readonly host: string
  readonly port: number
  readonly data: string
  readonly store?: string
  readonly live?: true
  readonly apply: 'merge' | 'command'
  readonly branch: string
  readonly prune?: true
  readonly project?: string
  readonly environment?: string
}

export function defineServe(command: Command): void {
  command
    .description('review pull requests as they come, and apply them after the merge')
    .requiredOption('--repository <url>', 'address of the repository', named)
    .addOption(new Option('--forge <kind>', 'what serves it (default: by its address)').choices(['GitHub', 'Gitea']))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', portOf, 8480)
    .option('--data <folder>', 'folder of the copy of the repository and of what was applied', '.plumbline/review')
    .addOption(
      new Option('--store <location>', 'postgres:// URL or folder of what is under way (default: in --data)').env(
        'PLUMBLINE_REVIEW_STORE',
      ),
    )
    .option('--live', 'ask the systems, show plans and apply them')
    .addOption(
      new Option('--apply <when>', 'what applies a reviewed plan').choices(['merge', 'command']).default('merge'),
    )
    .option('--branch <name>', 'branch that the systems follow; nothing else is applied', 'main')
    .option('--prune', 'plan as `plan --prune` does')
    .option('-p, --project <path>', 'project file or its folder, from the root of the repository')
    .option('-e, --environment <name>', 'only this environment (default: every one)')
    .addHelpText('after', EXAMPLES)
  handle(command, serve)
}

function named(url: string): string {
  try {
    repositoryAt(url)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
  return url
}

const serve: CommandHandler<Options> = async (run, options) => {
  run.outlive()
  const secret = webhookSecret()
  const folder = resolve(options.data)
  const store = await openStore(options.store ?? join(folder, 'state'))
  try {
    const server = reviewServer(deskOf(run, options, folder, store), secret)
    const url = await listen(server.app, options)
    await server.start()
    run.terminal.result('review serve', { url }, { text: () => `Serving on ${url}` })
    if (!run.signal.aborted) await once(run.signal, 'abort')
    await server.close()
    return EXIT.ok
  } finally {
    await store.close()
  }
}

function webhookSecret(): Secret {
  const { PLUMBLINE_WEBHOOK_SECRET: text } = process.env
  if (text) return new Secret(text)
  throw new PlumblineError('USAGE', 'there is no secret for webhooks', {
    help: 'Set PLUMBLINE_WEBHOOK_SECRET to the secret of the webhook in the settings of the repository.',
  })
}

function deskOf({ signal, terminal }: Run, options: Options, folder: string, store: Store): Desk {
  const { live, branch, apply, prune, project, environment } = options
  const address = repositoryAt(options.repository, options.forge)
  const forge = openForge(address, credentialsIn(process.env), { signal })
  const command = [process.execPath, ...process.execArgv, process.argv[1] ?? '']
  return {
    forge,
    store,
    work: {
      mirror: new Mirror(folder, forge, process.env),
      plumbline: plumblineAt(command, process.env, signal),
      ...(project !== undefined && { project }),
      ...(environment !== undefined && { environment }),
      ...(prune && { prune }),
    },
    live: live ?? false,
    branch,
    appliesOnMerge: apply === 'merge',
    write: (review) => reviewMarkdown(review, { planOf: plansBySystem, most: MOST_BYTES }),
    now: Date.now,
    log: (text) => terminal.note(`${new Date().toISOString()} ${onOneLine(text)}`),
  }
}

async function listen(app: ReturnType<typeof reviewServer>['app'], { host, port }: Options): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new PlumblineError('IO', `cannot listen on ${host}:${port}: ${(cause as Error).message}`, { cause })
  }
  const { port: taken } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
}
