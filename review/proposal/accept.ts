import { isDeepStrictEqual } from 'node:util'
import { kindOf } from '../../config/kinds/index.ts'
import { keyOf } from '../../config/references.ts'
import type { Pointer, Resource } from '../../config/resource.ts'
import type { Change } from '../../reconciler/adapter.ts'
import type { Address, Step } from '../../reconciler/model.ts'
import { type AcceptanceTrial, candidatesOf } from './candidates.ts'
import { at, putAt } from './json.ts'
import { isRelation, rewriteOf } from './values.ts'
import { type Edit, type Environment, edited, merged, placeKey, type Written } from './written.ts'

/** A difference that the documents take over from the system. */
export interface AcceptedChange {
  readonly address: Address
  readonly change: Change
  readonly edit: Edit
}

/** One that they do not. */
export interface LeftChange {
  readonly address: Address
  /** Absent: the whole object. */
  readonly pointer?: Pointer
  readonly why: string
}

/** The project after some differences were taken over, and what became of each. */
export interface Acceptance {
  readonly written: Written
  readonly accepted: readonly AcceptedChange[]
  readonly left: readonly LeftChange[]
}

/** What the documents of one environment are asked to take over. */
export interface Wish {
  readonly environment: Environment
  readonly resources: readonly Resource[]
  readonly steps: readonly Step[]
}

/**
 * Takes the differences of steps over, one by one. A change is made where the value is written: in the document, its overlay,
 * or the variable; never where it would decide anything else as well. What cannot be taken over says why.
 */
export function accept(written: Written, { environment, resources, steps }: Wish): Acceptance {
  let now: Acceptance = { written, accepted: [], left: [] }
  for (const step of steps)
    for (const change of step.changes) now = acceptOne(now, environment.name, resources, step, change)
  return now
}

function acceptOne(
  before: Acceptance,
  name: string | undefined,
  resources: readonly Resource[],
  { address, kind: kindName }: Step,
  change: Change,
): Acceptance {
  const leave = (why: string): Acceptance => ({
    ...before,
    left: [...before.left, { address, pointer: change.path, why }],
  })
  const kind = kindOf(kindName)
  const { written } = before
  const environment = written.environments.find((e) => e.name === name)
  if (change.secret || kind === undefined || environment === undefined) return leave(SECRET)
  const document = merged(written, environment, address)
  const related = isRelation(kind, change.path)
    ? { ...change, from: referenceTo(change, kind.references, resources) }
    : change
  const target = rewriteOf(kind, document, related)
  if (target.steps.includes(-1)) return leave('the item has no place in the document')
  const meant = at(document, target.steps)
  const wanted = putAt(
    document,
    target.steps,
    target.next(meant, meant, (value) => value),
  )
  const trial = { written, environment, address, wanted }
  const found = candidatesOf(trial, target)
  const edit = found.edits.find((one) => otherThan(trial, one) === undefined)
  if (edit === undefined) return leave(found.why ?? whyNot(trial, found.edits[0]))
  return { ...before, written: edited(written, edit), accepted: [...before.accepted, { address, change, edit }] }
}

const SECRET = 'a secret is never written into a document'

/** A relation as documents write it: by the name of the document that describes the object, else by its id. */
function referenceTo(
  { from, path }: Change,
  references: readonly { readonly at: Pointer; readonly kind: string }[],
  resources: readonly Resource[],
): unknown {
  if (from === undefined) return undefined
  const kind = references.find((reference) => reference.at === path)?.kind
  const document = resources.find((r) => r.kind === kind && r.metadata.namespace === undefined && keyOf(r) === from)
  return document === undefined ? { id: from } : { name: document.metadata.name }
}

/** What an edit would change besides, or instead of, what is wanted; `undefined`: nothing. */
function otherThan(trial: AcceptanceTrial, edit: Edit): string | undefined {
  const { written, environment } = trial
  const after = edited(written, edit)
  for (const one of written.environments) {
    const next = after.environments.find(({ name }) => name === one.name) ?? one
    const isOwn = one.name === environment.name
    const addresses = new Set([...touchedBy(written, one, edit), ...(isOwn ? [trial.address] : [])])
    const other = [...addresses].find(
      (address) => !isDeepStrictEqual(merged(after, next, address), expected(trial, one, address)),
    )
    if (other !== undefined) return isOwn ? other : `${other} in ${one.name}`
  }
  return undefined
}

const expected = (
  { written, environment, address, wanted }: AcceptanceTrial,
  one: Environment,
  other: Address,
): unknown => (one.name === environment.name && other === address ? wanted : merged(written, one, other))

/** Documents that an edit may have to do with. */
function touchedBy(written: Written, environment: Environment, { place, steps }: Edit): readonly Address[] {
  const text = place === written.project ? `\${${String(steps.at(-1))}}` : undefined
  return [...environment.layers].flatMap(([address, layers]) => {
    const isTouched = layers.some((layer) =>
      text === undefined
        ? placeKey(layer.place) === placeKey(place) || place.line === address
        : JSON.stringify(written.values.get(placeKey(layer.place))).includes(text),
    )
    return isTouched ? [address] : []
  })
}

function whyNot(trial: AcceptanceTrial, edit: Edit | undefined): string {
  if (edit === undefined) return 'a variable holds one value, and this is more'
  const other = otherThan(trial, edit)
  const what =
    edit.place === trial.written.project ? `the variable ${String(edit.steps.at(-1))}` : 'the place where it is written'
  if (other === trial.address) return `${what} cannot say it`
  const isElsewhere = other?.includes(' in ') === true
  const help = isElsewhere ? `; an overlay of ${trial.environment.name} could say it` : ''
  return `${what} also decides ${other}${help}`
}
