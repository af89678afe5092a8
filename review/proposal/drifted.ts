import { readFileSync } from 'node:fs'
import { placedAddressOf, type Resource } from '../../config/resource.ts'
import { validate } from '../../config/validate/validate.ts'
import { drift } from '../../reconciler/drift.ts'
import type { Address, Plan, Step } from '../../reconciler/model.ts'
import { type AcceptedChange, accept, type LeftChange } from './accept.ts'
import { type Environment, merged, readWritten, type Written } from './written.ts'
import { editedYaml } from './yaml-edit.ts'

/** What stands behind one Connection, and how the documents would take it over. */
export interface ConnectionDrift {
  readonly connection: string
  /** False: something behind it could not be looked at. */
  readonly known: boolean
  readonly accepted: readonly AcceptedChange[]
  readonly left: readonly LeftChange[]
  /** Texts that files get, by absolute path. */
  readonly files: ReadonlyMap<string, string>
}

export interface Drifting {
  readonly plan: Plan
  readonly resources: readonly Resource[]
  /** Project file. */
  readonly file: string
  readonly environment?: string
}

/** The drift of each Connection of a plan. Reads the files of the project; writes none. */
export function driftOfConnections({ plan, resources, file, environment }: Drifting): readonly ConnectionDrift[] {
  const written = readWritten(file)
  const own = written.environments.find(({ name }) => name === environment)
  if (own === undefined) return []
  const report = drift(plan, new Date(0))
  const drifted = report.drifted.filter((step) => step.drift === true || step.action === 'report')
  const byConnection = Map.groupBy(plan.steps, ({ connection }) => connection)
  return [...byConnection].map(([connection, steps]) => {
    const mine = (step: Step) => step.connection === connection
    const missing = report.missing.filter((step) => mine(step) && step.drift === true)
    const found = takenOver(written, own, resources, drifted.filter(mine))
    const left = [...found.left, ...missing.map(({ address }) => ({ address, why: VANISHED }))]
    const known = steps.every(({ action, changes }) => action !== 'blocked' || changes.length > 0)
    return { connection, known, accepted: found.accepted, left, files: filesOf(found.accepted) }
  })
}

const VANISHED = 'the object has vanished; to accept that, remove its document'

/** What can be taken over and leaves the documents without a mistake. */
function takenOver(
  written: Written,
  environment: Environment,
  resources: readonly Resource[],
  steps: readonly Step[],
): { readonly accepted: readonly AcceptedChange[]; readonly left: readonly LeftChange[] } {
  const found = accept(written, { environment, resources, steps })
  const mistakes = mistakesAfter(found.written, environment, resources, found.accepted)
  if (mistakes.size === 0) return found
  const good = accept(written, {
    environment,
    resources,
    steps: steps.filter(({ address }) => !mistakes.has(address)),
  })
  const broken = [...mistakes].map(([address, why]) => ({ address, why }))
  return { accepted: good.accepted, left: [...good.left, ...broken] }
}

/** Mistakes that documents would have, by the address of a document that changes. */
function mistakesAfter(
  written: Written,
  { name }: Environment,
  resources: readonly Resource[],
  accepted: readonly AcceptedChange[],
): ReadonlyMap<Address, string> {
  const environment = written.environments.find((one) => one.name === name) as Environment
  const changed = new Map(accepted.map(({ address }) => [address, merged(written, environment, address) as Resource]))
  const after = resources.map((resource) => {
    const value = changed.get(placedAddressOf(resource))
    return value === undefined ? resource : { ...resource, spec: value.spec }
  })
  const errors = validate(after).filter(({ severity }) => severity === 'error')
  return new Map(
    [...changed.keys()].flatMap((address) => {
      const own = errors.find(({ resource }) => resource === address || resource === address.replace(/\/[^/]+\//, '/'))
      return own === undefined ? [] : [[address, `the document would have a mistake: ${own.message}`] as const]
    }),
  )
}

function filesOf(accepted: readonly AcceptedChange[]): ReadonlyMap<string, string> {
  const byFile = Map.groupBy(accepted, ({ edit }) => edit.place.file)
  return new Map(
    [...byFile].map(([file, all]) => {
      const edits = all.map(({ edit: { place, steps, value } }) => ({ line: place.line, steps, value }))
      return [file, editedYaml(readFileSync(file, 'utf8'), edits)] as const
    }),
  )
}
