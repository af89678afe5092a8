import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import type { Selection } from '../../config/project/documents.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { validate } from '../../config/validate/validate.ts'
import type { Workspace } from '../../library/workspace.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type Exported, exported, resourceOf, toYaml } from '../export/document.ts'
import { Names } from '../export/names.ts'
import { kindsOf, objects, type Wanted } from '../export/objects.ts'
import { namedKind } from '../kinds.ts'
import { readInventory } from '../owned.ts'
import { type Handler, handle, type Run } from '../run.ts'
import { withWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline export --connection runtime                  everything behind a Connection of the project
  plumbline export --connection runtime --kind Tenant    one kind

Only what differs from the server's defaults is written. Secrets cannot be read; they are comments to fill in.`

interface Options extends Selection {
  readonly connection: string
  readonly kind?: string
}

export function define(command: Command): void {
  trusting(selectable(command))
    .requiredOption('-c, --connection <name>', 'Connection to read from')
    .option('-k, --kind <kind>', 'only this kind')
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: Handler<Options> = (run, options) =>
  withWorkspace(run, options, readInventory({}), async (workspace): Promise<ExitCode> => {
    const documents = await read(run, workspace, options)
    run.terminal.result('export', documents.map(resourceOf), { text: () => toYaml(documents) })
    warn(run, workspace, documents)
    return EXIT.ok
  })

async function read(run: Run, workspace: Workspace, { connection, kind }: Options): Promise<readonly Exported[]> {
  const wanted = wantedOf(workspace, connection, kind)
  const { session } = await workspace.context.runtime.connection(connection)
  for (const { name } of kindsOf(session, wanted).unlistable) {
    run.terminal.note(`${wanted.system} cannot list ${name}; write its document with externalRef.id by hand.`)
  }
  const names = new Names()
  return run.terminal.stage(`reading ${connection}`, async () => {
    const found: Exported[] = []
    for await (const object of objects(session, wanted, run.signal)) found.push(exported(object, connection, names))
    return found
  })
}

function wantedOf({ documents }: Workspace, connection: string, kindName: string | undefined): Wanted {
  const document = documents.resources.find((r) => r.kind === 'Connection' && r.metadata.name === connection)
  if (document === undefined) throw new PlumblineError('USAGE', `there is no Connection ${connection} in the project`)
  const { system, allow } = document.spec as { system: string; allow?: { tenants?: string[] } }
  const kind = kindName === undefined ? undefined : namedKind(kindName)
  if (kind !== undefined && kind.system !== system) {
    throw new PlumblineError('USAGE', `${connection} is a connection to ${system}, and ${kind.name} is not behind it`)
  }
  return {
    system,
    ...(kind === undefined ? {} : { kind }),
    ...(allow?.tenants === undefined ? {} : { tenants: new Set(allow.tenants) }),
  }
}

/** What has to be mended by hand before the export is valid, e.g. a required secret. */
function warn({ terminal }: Run, { documents }: Workspace, found: readonly Exported[]): void {
  const own = new Set(found.map(({ kind, name }) => `${kind}/${name}`))
  const connections = documents.resources.filter((r) => r.kind === 'Connection' || r.kind === 'Organization')
  const others = connections.filter((r) => !own.has(`${r.kind}/${r.metadata.name}`))
  for (const d of validate([...others, ...found.map((one) => ({ ...resourceOf(one), spec: one.spec }))])) {
    if (own.has(d.resource ?? '')) terminal.complain(`to mend: ${formatDiagnostic(d)}`, 'warning')
  }
}
