import type { Plan } from '../../reconciler/model.ts'
import { isWrite } from '../../reconciler/plan.ts'
import type { Forms } from '../terminal.ts'
import { planMarkdown } from './plan-markdown.ts'
import { planText } from './plan-text.ts'

export const PLAN_FORMS: Forms<Plan> = { text: planText, markdown: planMarkdown }

/** True when applying would change a system or end the management of something; taking over what fits changes nothing. */
export const hasPending = (plan: Plan): boolean =>
  plan.finalize.length > 0 || plan.steps.some((step) => isWrite(step) || step.action === 'forget')

/** True when something of the plan cannot be done. */
export const hasFailures = (plan: Plan): boolean =>
  plan.diagnostics.some((d) => d.severity === 'error') || plan.steps.some((s) => s.action === 'blocked')
