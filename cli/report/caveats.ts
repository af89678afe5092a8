import { caveatsOf, type FieldCaveat } from '../../config/caveats.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Step } from '../../reconciler/model.ts'

/** What to know about values that a step sets, or leaves to the server's default where it makes the object. */
export function caveatsIn(step: Step): readonly string[] {
  const kind = kindOf(step.kind)
  return kind === undefined
    ? []
    : caveatsOf(kind)
        .filter((known) => isSet(step, known))
        .map(caveatText)
}

const caveatText = ({ pointer, value, says }: FieldCaveat): string => `${pointer} ${JSON.stringify(value)}: ${says}`

function isSet({ action, changes }: Step, { pointer, value, serverDefault }: FieldCaveat): boolean {
  const change = changes.find(({ path }) => path === pointer)
  return change === undefined ? action === 'create' && serverDefault === value : change.to === value
}
