import { randomUUID } from 'node:crypto'
import type { OwnerInputs, OwnerOutputs } from './state.ts'
import type { StackWorkspace } from './workspace.ts'

/** The one resource of a stack that says who it is. */
export class OwnerVerbs {
  readonly #workspace: StackWorkspace

  constructor(workspace: StackWorkspace) {
    this.#workspace = workspace
  }

  /** Comes first in every run that has a program, also when nothing changes. */
  async check(_olds: unknown, inputs: OwnerInputs) {
    this.#workspace.program = inputs
    return { inputs }
  }

  async diff() {
    return { changes: false }
  }

  async create(inputs: OwnerInputs) {
    const owner = `pulumi:${randomUUID()}`
    return { id: owner, outs: { ...inputs, owner } satisfies OwnerOutputs }
  }

  async update(_id: string, olds: OwnerOutputs, inputs: OwnerInputs) {
    return { outs: { ...olds, ...inputs } }
  }

  async read(id: string, props: OwnerOutputs) {
    return { id, props }
  }

  async delete() {}
}
