import { isIPv4 } from 'node:net'
import type { Command } from 'commander'
import { type Admin, openAdmin } from '../../identity/platform/http/admin.ts'
import type { Service } from '../../identity/service.ts'
import { EXIT } from '../exit.ts'
import type { Result } from '../output/results.ts'
import { type CommandHandler, handle } from '../run.ts'
import { ofRuntime, type RuntimeOptions, runtimePlaces } from '../runtime-options.ts'
import { ofServing, openServing, portOf, type ServingOptions, serveUntilStopped } from '../serving.ts'

const EXAMPLES = `
Examples:
  plumbline serve                                          http://127.0.0.1:8470, the runtime of the project here
  plumbline serve --port 9000 --data /var/lib/plumbline
  plumbline serve --public-url https://login.example.com --trusted-proxies 10.0.0.0/8 --admin-port 8471
  PLUMBLINE_STORE=postgres://… plumbline serve             several replicas over one database

The first start shows the administrator key once; it stays in <data>/admin.key (mode 0600).`

interface Options extends RuntimeOptions, ServingOptions {
  readonly adminPort?: number
}

export function define(command: Command): void {
  ofServing(ofRuntime(command))
    .option('--admin-port <number>', 'port of metrics and probes (default: none)', portOf)
    .addHelpText('after', EXAMPLES)
  handle(command, serve)
}

const serve: CommandHandler<Options> = async (run, options) => {
  const { terminal } = run
  run.outlive()
  const places = runtimePlaces(terminal, options)
  const { service, url } = await openServing(run, places, options)
  let admin: Admin | undefined
  try {
    admin = await openAdminOf(service, options)
    const { createdAdminKey: adminKey } = service
    const told = { url, ...(admin && { metricsUrl: admin.url }), ...(adminKey === undefined ? {} : { adminKey }) }
    terminal.result('serve', told, { text: (value) => textOf(value, places.dataFolder) })
    if (!isLoopback(options.host)) terminal.note('This is plain HTTP: put a proxy with TLS in front of it.')
    await serveUntilStopped(run, service, options)
    return EXIT.ok
  } finally {
    await service.close()
    await admin?.close()
  }
}

async function openAdminOf(service: Service, { adminHost, adminPort }: Options): Promise<Admin | undefined> {
  if (adminPort === undefined) return undefined
  const address = { host: adminHost, port: adminPort }
  return openAdmin(address, [service.metrics], async () => ({ runtime: await service.ready() }))
}

const textOf = ({ url, metricsUrl, adminKey }: Result<'serve'>, folder: string): string =>
  [
    ...(adminKey === undefined ? [] : [firstKey(adminKey, folder)]),
    ...(metricsUrl === undefined ? [] : [`Metrics and probes on ${metricsUrl}`]),
    `Serving on ${url}`,
  ].join('\n')

const firstKey = (key: string, folder: string): string =>
  `Administrator key, shown this once (later in ${folder}/admin.key): ${key}`

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
