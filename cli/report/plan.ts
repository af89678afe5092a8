import type { Plan } from '../../reconciler/model.ts'
import { isWrite } from '../../reconciler/plan.ts'
import type { Format, Terminal } from '../terminal.ts'
import { planMarkdown } from './plan-markdown.ts'
import { planText } from './plan-text.ts'

const FORM: Readonly<Record<Format, (plan: Plan, terminal: Terminal) => string>> = {
  text: planText,
  markdown: planMarkdown,
  json: (plan) => JSON.stringify(plan, undefined, 2),
}

/** A plan in the format of the run. */
export const formatPlan = (plan: Plan, terminal: Terminal): string => FORM[terminal.format](plan, terminal)

/** True when applying would change a system or end the management of something; taking over what fits changes nothing. */
export const hasPending = (plan: Plan): boolean =>
  plan.finalize.length > 0 || plan.steps.some((step) => isWrite(step) || step.action === 'forget')

/** True when something of the plan cannot be done. */
export const hasFailures = (plan: Plan): boolean =>
  plan.diagnostics.some((d) => d.severity === 'error') || plan.steps.some((s) => s.action === 'blocked')
