import { getOrganization, getProject, getStack, runtime } from '@pulumi/pulumi'
import type { Outputs } from './state.ts'

/** A document as the last run left it in the state of this stack. */
export interface LastDocument {
  readonly urn: string
  readonly outputs: Outputs
}

/** Name of this stack in its backend. */
export const stackName = (): string => `${getOrganization()}/${getProject()}/${getStack()}`

/**
 * The documents in the state of this stack before this run, asked from the engine. It cannot read the resources of a
 * stack that never ran; such a stack has no outputs either.
 */
export async function lastState(): Promise<readonly LastDocument[]> {
  const name = stackName()
  const before = await runtime.invoke('pulumi:pulumi:readStackOutputs', { name })
  if (Object.keys(before.outputs).length === 0) return []
  const { outputs } = await runtime.invoke('pulumi:pulumi:readStackResourceOutputs', { stackName: name })
  const resources = Object.entries(outputs as Readonly<Record<string, { readonly outputs?: Outputs }>>)
  return resources.flatMap(([urn, { outputs: last }]) => (last?.entry === undefined ? [] : [{ urn, outputs: last }]))
}
