import { PlumblineError } from '../../config/errors.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { validate } from '../../config/validate/validate.ts'
import type { Workspace } from '../../library/workspace.ts'
import { namedKind } from '../named-kind.ts'
import type { Run } from '../run.ts'
import { type Exported, exported, exportedResource } from './document.ts'
import { Names } from './names.ts'
import { kindsOf, objects, type Wanted } from './objects.ts'

/**
 * Documents of what is behind a Connection of the workspace, of one kind or of all that the system can list. `names` are those
 * that are taken already.
 */
export async function readAll(
  run: Run,
  workspace: Workspace,
  connection: string,
  { kind, names = new Names() }: { readonly kind?: string; readonly names?: Names } = {},
): Promise<readonly Exported[]> {
  const wanted = wantedOf(workspace, connection, kind)
  const { session } = await workspace.context.connections.connection(connection)
  for (const { name } of kindsOf(session, wanted).unlistable) {
    run.terminal.note(`${wanted.system} cannot list ${name}; write its document with externalRef.id by hand.`)
  }
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

/** Tells what has to be mended by hand before the documents are valid, e.g. a required secret. */
export function warnOf({ terminal }: Run, { documents }: Workspace, found: readonly Exported[]): void {
  const own = new Set(found.map(({ kind, name }) => `${kind}/${name}`))
  const connections = documents.resources.filter((r) => r.kind === 'Connection' || r.kind === 'Organization')
  const others = connections.filter((r) => !own.has(`${r.kind}/${r.metadata.name}`))
  for (const d of validate([...others, ...found.map((one) => ({ ...exportedResource(one), spec: one.spec }))])) {
    if (own.has(d.resource ?? '')) terminal.complain(`to mend: ${formatDiagnostic(d)}`, 'warning')
  }
}
