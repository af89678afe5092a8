import {
  CustomResource,
  type CustomResourceOptions,
  getOrganization,
  getProject,
  getStack,
  type Input,
  type Inputs,
  type Output,
} from '@pulumi/pulumi'
import type { Resource } from '../../config/resource.ts'
import { SHELL } from './shell.ts'
import { inputsOf, type Outputs } from './state.ts'

/** Makes the property an output of the resource: the provider fills it. */
const FILLED = undefined

/** A resource of the engine's plugin for dynamic providers, of our own type `pulumi-nodejs:plumbline:<type>`. */
class ShellResource extends CustomResource {
  constructor(type: string, name: string, props: Inputs, options: CustomResourceOptions) {
    super(`pulumi-nodejs:plumbline:${type}`, name, { ...props, __provider: SHELL }, options)
  }
}

/** Who this stack is, towards others who may manage the same objects. */
const STACK = `pulumi:${getOrganization()}/${getProject()}/${getStack()}`

/** One document. */
export class DocumentResource extends ShellResource {
  declare readonly observed: Output<Outputs['observed']>
  declare readonly entry: Output<Outputs['entry']>
  declare readonly written: Output<string>

  /** After `needs`; and again whenever one of `follows` was written. */
  constructor(document: Resource, needs: readonly DocumentResource[], follows: readonly DocumentResource[]) {
    const { name, namespace } = document.metadata
    const filled = { observed: FILLED, entry: FILLED, applied: FILLED, written: FILLED }
    super(
      document.kind,
      namespace === undefined ? name : `${namespace}/${name}`,
      { ...inputsOf(document, document.spec, STACK), ...followed(follows), ...filled },
      { dependsOn: [...needs], additionalSecretOutputs: ['applied'] },
    )
  }
}

const followed = (follows: readonly DocumentResource[]): Inputs =>
  follows.length === 0 ? {} : { follows: follows.map((resource) => resource.written) }

/** The final action of one connection after all writes of the members. */
export class FinalizerResource extends ShellResource {
  constructor(connection: string, members: readonly DocumentResource[]) {
    const after: Input<string>[] = members.map((member) => member.written)
    super('Finalizer', connection, { finalizes: connection, after }, { dependsOn: [...members] })
  }
}
