import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { runtimePlaces } from '../../config/project/documents.ts'
import { openService } from '../../identity/service.ts'
import { EXIT } from '../exit.ts'
import { type Handler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline serve                                          http://127.0.0.1:8470, the runtime of the project here
  plumbline serve --port 9000 --data /var/lib/plumbline
  PLUMBLINE_STORE=postgres://… plumbline serve             several replicas over one database

The first start shows the administrator key once; it stays in <data>/admin.key (mode 0600).`

interface Options {
  readonly host: string
  readonly port: number
  readonly project?: string
  readonly data?: string
  readonly store?: string
}

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.')
  return port
}

export function define(command: Command): void {
  command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', portOf, 8470)
    .option('-p, --project <file>', 'project whose runtime it is (default: plumbline.yaml here or in a folder above)')
    .option('--data <folder>', "folder of the keys and of the embedded store (default: the project's)")
    .option('--store <location>', "postgres:// URL, or a folder (default: PLUMBLINE_STORE, else the project's)")
    .addHelpText('after', EXAMPLES)
  handle(command, serve)
}

const serve: Handler<Options> = async ({ terminal, signal }, { host, port, ...options }) => {
  const places = placesOf(options)
  const service = await openService({ ...places, log: !terminal.quiet })
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

function placesOf({ project, data, store = process.env.PLUMBLINE_STORE }: Partial<Options>) {
  const places = data === undefined ? runtimePlaces(project) : { store: resolve(data), dataFolder: resolve(data) }
  return { ...places, ...(store === undefined ? {} : { store }) }
}

const firstKey = (key: string, folder: string): string =>
  `Administrator key, shown this once (later in ${folder}/admin.key): ${key}`

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
