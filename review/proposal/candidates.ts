import { escaped } from '../../config/project/variables.ts'
import { API_VERSION, type Resource } from '../../config/resource.ts'
import type { Address } from '../../reconciler/model.ts'
import { at, GONE, type JsonSteps, putAt } from './json.ts'
import type { Rewrite } from './values.ts'
import { type Edit, type Environment, placeKey, projectFileIn, substituted, type Written } from './written.ts'

/** A difference about to be taken over. */
export interface AcceptanceTrial {
  readonly written: Written
  readonly environment: Environment
  readonly address: Address
  /** The document as the system would have it. */
  readonly wanted: unknown
}

/** Edits that could do it, the best one first; none at all with the reason. */
export interface Candidates {
  readonly edits: readonly Edit[]
  readonly why?: string
}

export function candidatesOf(
  { written, environment, address, wanted }: AcceptanceTrial,
  { steps, next }: Rewrite,
): Candidates {
  const layers = environment.layers.get(address) ?? []
  const own = layers.findLastIndex(({ place }) => at(written.values.get(placeKey(place)), steps) !== undefined)
  const layer = layers[own]
  if (layer === undefined) return { edits: [], why: 'the value is written nowhere' }
  const raw = at(written.values.get(placeKey(layer.place)), steps)
  const meant = at(substituted(written, environment, layer.place), steps)
  const variable = typeof raw === 'string' ? variableIn(raw) : undefined
  const value = next(raw, meant, escaped)
  const above = inOverlays(written, environment, address, own, steps, at(wanted, steps))
  if (variable === '') return { edits: above, ...(above.length === 0 && { why: 'a variable is a part of the value' }) }
  const here =
    variable === undefined
      ? [{ place: layer.place, steps, value }, ...(value === GONE ? [{ place: layer.place, steps, value: null }] : [])]
      : inVariables(written, environment, variable, at(wanted, steps))
  return { edits: [...here, ...above] }
}

/** The one variable that a text is; empty for one that has variables in it. */
function variableIn(text: string): string | undefined {
  const whole = /^\$\{([A-Za-z][\w.-]*)\}$/.exec(text)?.[1]
  return whole ?? (/(?<!\$)\$\{/.test(text) ? '' : undefined)
}

/** In the environment that defines it, else in the project, else in the environment from now on. */
function inVariables(written: Written, { name }: Environment, variable: string, value: unknown): readonly Edit[] {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return []
  const project = { steps: ['variables', variable], value, place: written.project }
  if (name === undefined) return [project]
  const own = { ...project, steps: ['environments', name, 'variables', variable] }
  const isOwn = at(projectFileIn(written), own.steps) !== undefined
  return isOwn ? [own] : [project, own]
}

/** Lists in overlays replace those below them, so they are written as a whole. */
function inOverlays(
  { values }: Written,
  { layers, overlayFiles }: Environment,
  address: Address,
  own: number,
  steps: JsonSteps,
  value: unknown,
): readonly Edit[] {
  if (steps.some((step) => typeof step === 'number')) return []
  const patch = value === undefined || value === GONE ? null : escaped(value)
  const later = (layers.get(address) ?? []).slice(own + 1).map(({ place }) => ({ place, steps, value: patch }))
  const file = overlayFiles.findLast((name) => !name.endsWith('.json'))
  const base = values.get(placeKey((layers.get(address) ?? [])[0]?.place ?? { file: '', line: 0 })) as Resource
  if (file === undefined) return later
  const { name, namespace } = base.metadata
  const metadata = { name, ...(namespace !== undefined && { namespace }) }
  const head = { apiVersion: API_VERSION, kind: base.kind, metadata }
  return [...later, { place: { file, line: address }, steps: [], value: putAt(head, steps, patch) }]
}
