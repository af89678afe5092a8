import { CustomResource, type CustomResourceOptions, type Input, type Inputs, type Output } from '@pulumi/pulumi'
import type { Resource } from '../../config/resource.ts'
import { SHELL } from './shell.ts'
import { inputsOf, type Outputs, type OwnerInputs } from './state.ts'

/** Makes the property an output of the resource: the provider fills it. */
const FILLED = undefined

/** A resource of the engine's plugin for dynamic providers, of our own type `pulumi-nodejs:plumbline:<type>`. */
class ShellResource extends CustomResource {
  constructor(type: string, name: string, props: Inputs, options: CustomResourceOptions) {
    super(`pulumi-nodejs:plumbline:${type}`, name, { ...props, __provider: SHELL }, options)
  }
}

/** Who this stack is. It comes before every document. */
export class OwnerResource extends ShellResource {
  declare readonly owner: Output<string>

  constructor(inputs: OwnerInputs) {
    super('Owner', 'owner', { ...inputs, owner: FILLED }, {})
  }
}

/** One document. */
export class DocumentResource extends ShellResource {
  declare readonly observed: Output<Outputs['observed']>
  declare readonly entry: Output<Outputs['entry']>
  declare readonly written: Output<string>

  /** After `needs`; and again whenever one of `follows` was written. */
  constructor(
    document: Resource,
    { owner, formerly }: Belonging,
    needs: readonly DocumentResource[],
    follows: readonly DocumentResource[],
  ) {
    const { name, namespace } = document.metadata
    const filled = { observed: FILLED, entry: FILLED, applied: FILLED, written: FILLED }
    super(
      document.kind,
      namespace === undefined ? name : `${namespace}/${name}`,
      { ...inputsOf(document, document.spec, owner), ...followed(follows), ...filled },
      {
        dependsOn: [...needs],
        additionalSecretOutputs: ['applied'],
        aliases: formerly === undefined ? [] : [formerly],
      },
    )
  }
}

/** Whose a document is, and the URN under which the state of this stack has its object, if that is another one. */
export interface Belonging {
  readonly owner: Output<string>
  readonly formerly: string | undefined
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
