import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { PlumblineError, toPlumblineError } from '../../config/errors.ts'
import { isDatabase } from '../../config/project/database-places.ts'
import { Controller } from '../../controller/controller.ts'
import { KubeApi } from '../../controller/kube/api.ts'
import type { ControllerOptions } from '../../controller/options.ts'
import type { ControllerScope, Shard } from '../../controller/scope.ts'
import { type Selector, selectorOf } from '../../controller/selector.ts'
import { givenKey } from '../../evidence/who.ts'
import { ChangeFeed } from '../../identity/platform/audit/changes.ts'
import type { Service } from '../../identity/service.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import type { Send } from '../../reconciler/send.ts'
import { clusterConfig } from '../cluster-config.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { externalRuntime, runtimeUrl } from '../external-runtime.ts'
import { plainFailure } from '../failure.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { ofServing, openServing, portOf, type ServingOptions, serveUntilStopped } from '../serving.ts'

const EXAMPLES = `
Examples:
  plumbline controller --runtime off                       reconcile; every Connection names a URL
  plumbline controller --runtime embedded --data /data     and serve the identity runtime from the same process
  plumbline controller --runtime external --runtime-url http://plumbline-runtime.identity.svc:8470
                                                           and call that one what documents call embedded

In a pod the service account is used, elsewhere the current context of kubectl. Install the definitions first:
  plumbline crds | kubectl apply --server-side -f -`

const RUNTIMES = ['embedded', 'external', 'off'] as const

interface Options extends ServingOptions {
  readonly runtime: (typeof RUNTIMES)[number]
  readonly runtimeUrl?: string
  readonly adminPort: number
  readonly data: string
  readonly store?: string
  readonly namespace?: string
  readonly maxDeleteShare: number
  readonly namespaces?: readonly string[]
  readonly shard?: Shard
  readonly watchLabelSelector?: Selector
}

export function define(command: Command): void {
  ofServing(command)
    .addOption(
      new Option(
        '--runtime <where>',
        'the identity runtime: embedded in this process, external at --runtime-url, or off',
      )
        .choices(RUNTIMES)
        .default('off'),
    )
    .option('--runtime-url <url>', 'where the external runtime is', runtimeUrl)
    .option('--admin-port <number>', 'port of metrics and probes', portOf, 8471)
    .option('--data <folder>', 'folder of the keys and of the embedded store', '.plumbline/data')
    .option('--store <location>', 'postgres:// URL, or a folder (default: PLUMBLINE_STORE, else the data folder)')
    .option('--namespace <name>', 'namespace of the Lease and the fingerprint key (default: the own one)')
    .option(
      '--max-delete-share <share>',
      'most of a namespace that is deleted from systems in ten minutes',
      shareOf,
      0.2,
    )
    .option('--namespaces <list>', 'see these namespaces only (a,b); rights in them alone are enough', namesOf)
    .option('--shard <i/n>', 'work on one of n parts of the objects, by the namespace of their Connection', shardOf)
    .option('--watch-label-selector <selector>', 'work on objects with these labels only', selectorOf)
    .addHelpText('after', EXAMPLES)
  handle(command, controller)
}

const controller: CommandHandler<Options> = async (run, options) => {
  run.outlive()
  const api = new KubeApi(clusterConfig())
  requireRuntimeUrl(options)
  const service = options.runtime === 'embedded' ? await openRuntime(run, options) : undefined
  // Both halves stop side by side, but the controller's work in hand may need the runtime to its end.
  const served = service && serveUntilStopped(run, service, options)
  try {
    await new Controller({
      api,
      systems: SYSTEMS,
      embedded: async () => ({ fetch: await fetchFor(options, service) }),
      ...(service === undefined ? {} : { changes: new ChangeFeed(service.deps) }),
      namespace: options.namespace ?? api.namespace,
      scope: scopeOf(options),
      identity: `${hostname()}_${randomBytes(8).toString('hex')}`,
      admin: { host: options.adminHost, port: options.adminPort },
      readiness: async () => (service === undefined ? {} : { runtime: await service.ready() }),
      metrics: service === undefined ? [] : [service.metrics],
      maxDeleteShare: options.maxDeleteShare,
      log: logTo(run),
      evidence: await evidenceIn(options),
      signal: run.signal,
    }).run()
    run.terminal.result('controller', { ended: (run.signal.reason as Error).message }, { text: () => undefined })
    return EXIT.ok
  } catch (thrown) {
    if (run.signal.aborted) throw thrown
    return failed(run, toPlumblineError(thrown))
  } finally {
    if (run.signal.aborted) await served
    await service?.close()
  }
}

/** Beside the data of the service, where that is in a database; else in the log. */
async function evidenceIn({ runtime, store = process.env.PLUMBLINE_STORE }: Options): Promise<Evidence> {
  const key = givenKey(process.env)
  if (runtime !== 'embedded' || store === undefined || !isDatabase(store)) return { key }
  const { PostgresStore } = await import('../../evidence/postgres-store.ts')
  return { key, storeOf: async (owner) => new PostgresStore(store, owner) }
}

type Evidence = NonNullable<ControllerOptions['evidence']>

async function openRuntime(run: Run, options: Options): Promise<Service> {
  const dataFolder = resolve(options.data)
  const store = options.store ?? process.env.PLUMBLINE_STORE ?? dataFolder
  const { service, url } = await openServing(run, { store, dataFolder }, options)
  const log = logTo(run)
  log('info', `the identity runtime serves on ${url}`)
  if (service.createdAdminKey !== undefined) log('info', `its administrator key is in ${dataFolder}/admin.key`)
  return service
}

/** How Connections whose endpoint is `embedded` reach the runtime. Its code is loaded only where it is served. */
async function fetchFor({ runtime, runtimeUrl: url }: Options, service: Service | undefined): Promise<Send> {
  if (service !== undefined) return (await import('../../identity/embedded.ts')).fetchOf(service.app)
  if (url !== undefined) return externalRuntime(url)
  throw new PlumblineError('REFUSED', `the identity runtime is not in this process (--runtime ${runtime})`, {
    help: 'Name its URL as the endpoint of the Connection, or start the controller with --runtime embedded or external.',
  })
}

function shareOf(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('A share is a number from 0 to 1.')
}

const scopeOf = ({ namespaces, shard, watchLabelSelector: selector }: Options): ControllerScope => ({
  ...(namespaces && { namespaces }),
  ...(shard && { shard }),
  ...(selector && { selector }),
})

function namesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))) return names
  throw new InvalidArgumentError('Name namespaces with commas between, e.g. team-a,team-b.')
}

function shardOf(text: string): Shard {
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count) return shard
  throw new InvalidArgumentError('Give the part and how many there are, e.g. 1/2 and 2/2.')
}

function requireRuntimeUrl({ runtime, runtimeUrl: url }: Options): void {
  if ((runtime === 'external') === (url !== undefined)) return
  throw new PlumblineError('USAGE', '--runtime external and --runtime-url go together')
}

/** The last line of the log is one like all others. */
function failed(run: Run, error: PlumblineError): ExitCode {
  const { code, message, help } = error
  if (run.terminal.format === 'json') run.terminal.printJson(plainFailure(error))
  logTo(run)('error', [`${code}: ${message}`, help].filter(Boolean).join('. '))
  return EXIT.error
}

/** One JSON line per message on standard error. */
const logTo =
  ({ terminal }: Run): ControllerOptions['log'] =>
  (level, message, about) =>
    terminal.note(JSON.stringify({ time: new Date().toISOString(), level, message, ...(about && { about }) }))
