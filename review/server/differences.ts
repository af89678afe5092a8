import type { Plan, Step } from '../../reconciler/model.ts'

/** What is otherwise in a plan than in an earlier one, a line for each object. */
export function planDifferences(was: Plan, is: Plan): readonly string[] {
  const before = new Map(was.steps.map((step) => [step.address, step]))
  const after = new Map(is.steps.map((step) => [step.address, step]))
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((address) => {
    const [a, b] = [before.get(address), after.get(address)]
    return said(a) === said(b) ? [] : [`${address}: ${said(a)} → ${said(b)}`]
  })
}

function said(step: Step | undefined): string {
  if (step === undefined) return 'not planned'
  const fields = step.changes.map(({ path, from, to, secret }) =>
    secret ? path : `${path} ${JSON.stringify(from) ?? '(absent)'} → ${JSON.stringify(to) ?? '(absent)'}`,
  )
  return [step.action, ...(fields.length > 0 ? [`(${fields.join(', ')})`] : [])].join(' ')
}
