import { isDeepStrictEqual } from 'node:util'
import type { StackWorkspace } from './workspace.ts'

/** The final action of one connection, due after any write of a kind that needs it. */
export interface FinalizerInputs {
  /** Name of the Connection document. */
  readonly finalizes: string
  /** `Outputs.written` of every document of such a kind. */
  readonly after: readonly string[]
}

/** The final action of a connection (CIM: its one reload) as a Pulumi resource, so that the engine runs it last and again until it has succeeded. */
export class FinalizerVerbs {
  readonly #workspace: StackWorkspace

  constructor(workspace: StackWorkspace) {
    this.#workspace = workspace
  }

  async check(_olds: unknown, inputs: FinalizerInputs) {
    return { inputs }
  }

  async diff(_id: string, olds: FinalizerInputs, inputs: FinalizerInputs) {
    return { changes: !isDeepStrictEqual(olds.after, inputs.after) }
  }

  async create(inputs: FinalizerInputs) {
    return { id: inputs.finalizes, outs: await this.#finalize(inputs) }
  }

  async update(_id: string, _olds: FinalizerInputs, inputs: FinalizerInputs) {
    return { outs: await this.#finalize(inputs) }
  }

  async read(id: string, props: FinalizerInputs) {
    return { id, props }
  }

  async delete() {}

  async #finalize({ finalizes, after }: FinalizerInputs): Promise<FinalizerInputs> {
    await this.#workspace.finalize(finalizes)
    return { finalizes, after }
  }
}
