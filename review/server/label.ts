import type { PullRequest } from '../../forge/model.ts'
import type { Desk } from './context.ts'
import { isConsented, tellPull } from './publish.ts'
import { PULLS, pullState, put } from './state.ts'

/** A label that says what the command of the same words says. */
export const CONSENT_LABEL = 'approve weakening'

/**
 * Takes the label for consent: of somebody who may write now, to what the comment showed when they gave it. What becomes
 * weaker later needs the label anew. Throws as the forge does.
 */
export async function takeLabel(desk: Desk, pull: PullRequest): Promise<void> {
  const state = await pullState(desk.store, pull.number)
  if (!pull.labels.includes(CONSENT_LABEL) || state?.verdict !== 'weakens' || isConsented(state)) return
  const { shown, weakenings } = state
  const given = await desk.forge.labelled(pull.number, CONSENT_LABEL)
  if (given === undefined || shown?.weakenings !== weakenings || Date.parse(given.at) < Date.parse(shown.at)) return
  const right = await desk.forge.permissionOf(given.by)
  if (right !== 'write' && right !== 'admin') return
  const agreed = { ...state, consent: { by: given.by, to: weakenings } }
  await put(desk.store, PULLS, agreed)
  desk.log(`${given.by} agrees to weaker logins by a label on pull request ${pull.number} at ${state.head}`)
  await tellPull(desk, pull, agreed)
}
