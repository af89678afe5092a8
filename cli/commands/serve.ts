import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { openService } from '../../identity/service.ts'
import { EXIT } from '../exit.ts'
import { type Handler, handle } from '../run.ts'
import { ofRuntime, placesOf, type RuntimeOptions } from '../runtime-options.ts'

const EXAMPLES = `
Examples:
  plumbline serve                                          http://127.0.0.1:8470, the runtime of the project here
  plumbline serve --port 9000 --data /var/lib/plumbline
  PLUMBLINE_STORE=postgres://… plumbline serve             several replicas over one database

The first start shows the administrator key once; it stays in <data>/admin.key (mode 0600).`

interface Options extends RuntimeOptions {
  readonly host: string
  readonly port: number
  readonly breachedPasswords?: string
}

const BREACHED = new Option(
  '--breached-passwords <path>',
  'list of breached passwords, for policies that refuse them: a folder of prefix ranges, or one sorted file',
).env('PLUMBLINE_BREACHED_PASSWORDS')

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.')
  return port
}

export function define(command: Command): void {
  ofRuntime(command)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', portOf, 8470)
    .addOption(BREACHED)
    .addHelpText('after', EXAMPLES)
  handle(command, serve)
}

const serve: Handler<Options> = async ({ terminal, signal }, { host, port, breachedPasswords, ...options }) => {
  const places = placesOf(options)
  const service = await openService({
    ...places,
    ...(breachedPasswords === undefined ? {} : { breachedPasswords }),
    log: !terminal.quiet,
  })
  try {
    const url = await service.listen({ host, port })
    if (service.createdAdminKey !== undefined) terminal.print(firstKey(service.createdAdminKey, places.dataFolder))
    terminal.print(`Serving on ${url}`)
    if (!isLoopback(host)) terminal.note('This is plain HTTP: put a proxy with TLS in front of it.')
    if (!signal.aborted) await once(signal, 'abort')
    return EXIT.ok
  } finally {
    await service.close()
  }
}

const firstKey = (key: string, folder: string): string =>
  `Administrator key, shown this once (later in ${folder}/admin.key): ${key}`

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
