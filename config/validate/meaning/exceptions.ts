import { type Day, isDay } from '../../exceptions.ts'
import { specOf } from '../../kind.ts'
import { KINDS, kindOf } from '../../kinds/index.ts'
import { didYouMean } from '../../load/suggest.ts'
import { pathSteps } from '../../references.ts'
import type { Diagnostic, Resource } from '../../resource.ts'
import { diagnose } from '../diagnose.ts'
import { schemasTo } from '../schema-at.ts'
import type { MeaningCheck, World } from './world.ts'

interface Said {
  readonly object: { readonly kind: string; readonly name: string }
  readonly fields?: readonly string[]
  readonly until: string
}

/** A DriftException is about a document that is there, fields that it has, and a day of the calendar; an expired one is told. */
export const exceptionsMeanSomething: MeaningCheck = (world) =>
  world.resources
    .filter(({ kind }) => kind === 'DriftException')
    .flatMap((exception) => {
      const said = exception.spec as unknown as Said
      return [...objectMistakes(exception, said, world), ...dayMistakes(exception, said, world.today)]
    })

function objectMistakes(
  exception: Resource,
  { object, fields = [] }: Said,
  { index, all }: World,
): readonly Diagnostic[] {
  const { kind: kindName, name } = object
  const kind = kindOf(kindName)
  if (kind?.system === undefined) {
    const known = KINDS.filter(({ system }) => system !== undefined).map((k) => k.name)
    const message = `nothing of the kind ${kindName} can drift${didYouMean(kindName, known)}`
    return [diagnose(exception, '/spec/object/kind', message)]
  }
  const { namespace } = exception.metadata
  if (index.find(kindName, name, namespace) === undefined) {
    const known = all.filter((r) => r.kind === kindName && r.metadata.namespace === namespace)
    const near = didYouMean(
      name,
      known.map((r) => r.metadata.name),
    )
    const message = `there is no ${kindName}/${name}${near}; an exception is about a document of its own namespace`
    return [diagnose(exception, '/spec/object/name', message, { code: 'UNRESOLVED_REFERENCE' })]
  }
  return fields.flatMap((pointer, i) => {
    const steps = pathSteps(pointer)
    if (schemasTo(specOf(kind), steps).length === steps.length + 1) return []
    return [diagnose(exception, `/spec/fields/${i}`, `${kindName} has no field at ${pointer}`)]
  })
}

function dayMistakes(exception: Resource, { until }: Said, today: Day): readonly Diagnostic[] {
  if (!isDay(until)) return [diagnose(exception, '/spec/until', `${until} is not a date`)]
  if (until >= today) return []
  const message = `it ended on ${until} and no longer has any effect; remove it, or set a later day`
  return [diagnose(exception, '/spec/until', message, { severity: 'warning' })]
}
