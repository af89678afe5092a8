import { toPlumblineError } from '../../config/errors.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { connectionName, connectionOf, resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import type { Workspace } from '../../library/workspace.ts'
import { observeOne } from '../../reconciler/observe.ts'
import type { Check } from '../report/checks.ts'

/** Whether each Connection of the documents is reached and lets us in; nothing is written. */
export function connectionChecks(workspace: Workspace): Promise<readonly Check[]> {
  const connections = workspace.documents.resources.filter((r) => r.kind === 'Connection')
  return Promise.all(connections.map((c) => connectionCheck(c, workspace)))
}

async function connectionCheck(connection: Resource, workspace: Workspace): Promise<Check> {
  const subject = `Connection/${connection.metadata.name}`
  try {
    const seen = await probe(connection, workspace)
    return { status: seen === undefined ? 'warn' : 'ok', subject, message: seen ?? 'no document uses it.' }
  } catch (thrown) {
    const { message, help } = toPlumblineError(thrown)
    return { status: 'fail', subject, message: `${message}.`, ...(help === undefined ? {} : { help }) }
  }
}

/** Reads one object: the first document behind the connection, else the first object that the system lists. */
async function probe(connection: Resource, workspace: Workspace): Promise<string | undefined> {
  const { context, facts, entries, documents } = workspace
  const index = resolve(documents.resources)
  const first = facts.find((f) => connectionOf(f.resource, index) === connection)
  if (first === undefined) return probeByList(connection, workspace)
  const { sight } = await observeOne(first, entries.get(first.address), context)
  if (sight.state === 'unknown') throw sight.error
  return `read ${first.address}`
}

async function probeByList(connection: Resource, { context }: Workspace): Promise<string | undefined> {
  const { session } = await context.connections.connection(connectionName(connection))
  const kind = KINDS.find(
    (k) => k.system === connection.spec.system && k.scope === 'connection' && session.adapter(k).list,
  )
  if (kind === undefined) return undefined
  for await (const _ of session.adapter(kind).list?.(undefined, context.signal) ?? []) break
  return `listed ${kind.plural}`
}
