import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import { kindOf } from '../../config/kinds/index.ts'
import { readDocuments } from '../../config/project/documents.ts'
import { addressOf, type Resource } from '../../config/resource.ts'
import { openEmbedded } from '../../identity/embedded.ts'
import { DocumentVerbs } from '../../providers/pulumi/documents.ts'
import { type DocumentInputs, inputsOf, type Outputs } from '../../providers/pulumi/state.ts'
import { StackWorkspace } from '../../providers/pulumi/workspace.ts'
import { factsOf } from '../../reconciler/facts.ts'

const OWNER = 'pulumi:0d0c7a0e-0000-4000-8000-000000000001'
const EXAMPLE = 'examples/acme'
const PROJECT = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: t\npaths: [documents]\n'

/** One resource of a stack, as the engine keeps it. */
export interface Kept {
  readonly id: string
  readonly inputs: DocumentInputs
  readonly outputs: Outputs
}

/** The verbs of the dynamic provider over the documents of one moment. */
export interface Opened {
  readonly workspace: StackWorkspace
  readonly documents: DocumentVerbs
}

/** A project on an embedded service of its own, and the verbs that the engine would call on it, without the engine. */
export class VerbWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'plumbline-verbs-'))

  /** The documents of the example with every kind, and values for all secrets that it names. */
  async example(): Promise<void> {
    cpSync(EXAMPLE, this.folder, { recursive: true })
    const { runtime } = readDocuments({ project: join(this.folder, 'plumbline.yaml') }, {})
    const embedded = await openEmbedded(runtime)
    await embedded.close()
    const known: Readonly<Record<string, string>> = {
      'admin-key': embedded.adminKey ?? '',
      hex32: 'c0ffee00'.repeat(4),
    }
    for (const [name, kind] of Object.entries(parseEnv(readFileSync(join(EXAMPLE, 'secrets.env.example'), 'utf8'))))
      vi.stubEnv(name, known[kind ?? ''] ?? `value of ${name}`)
  }

  constructor() {
    this.guards('{}')
  }

  /** The guards of the project, as YAML. */
  guards(text: string): void {
    writeFileSync(join(this.folder, 'plumbline.yaml'), `${PROJECT}guards: ${text}\n`)
  }

  /** Exactly these documents. */
  write(documents: readonly Resource[]): void {
    rmSync(join(this.folder, 'documents'), { recursive: true, force: true })
    mkdirSync(join(this.folder, 'documents'))
    const texts = documents.map(({ origin: _, ...document }) => stringify(document))
    writeFileSync(join(this.folder, 'documents/all.yaml'), texts.join('---\n'))
  }

  open = (): Promise<Opened> => openVerbs(this.folder)

  remove(): void {
    vi.unstubAllEnvs()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The verbs of the dynamic provider over the project in a folder, with further settings of the stack. */
export async function openVerbs(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const settings: Readonly<Record<string, string>> = { 'plumbline:project': folder, ...more }
  const workspace = await StackWorkspace.open((key) => settings[key])
  return { workspace, documents: new DocumentVerbs(workspace) }
}

/** What the program hands to the engine for each managed document, those first that others need. */
function inputsOfAll({ workspace }: Opened, owner = OWNER): readonly DocumentInputs[] {
  const managed = workspace.documents.resources.filter((r) => kindOf(r.kind)?.system !== undefined)
  const byAddress = new Map(managed.map((r) => [addressOf(r), r]))
  const sorted = new Set<Resource>()
  const visit = (r: Resource): void => {
    for (const need of factsOf(r, workspace.index).needs) visit(byAddress.get(need) as Resource)
    sorted.add(r)
  }
  managed.forEach(visit)
  return [...sorted].map((r) => inputsOf(r, r.spec, owner))
}

/** Creates every document. */
export async function createAll(opened: Opened, owner = OWNER): Promise<readonly Kept[]> {
  const kept: Kept[] = []
  for (const inputs of inputsOfAll(opened, owner)) {
    const { id, outs } = await opened.documents.create(inputs)
    kept.push({ id, inputs, outputs: asStored(outs) })
  }
  return kept
}

/** As it comes back from a state: JSON. */
const asStored = (outputs: Outputs): Outputs => JSON.parse(JSON.stringify(outputs)) as Outputs
