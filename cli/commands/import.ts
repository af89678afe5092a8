import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import type { Kind } from '../../config/kind.ts'
import type { Selection } from '../../config/project/documents.ts'
import type { Workspace } from '../../library/workspace.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type Exported, exportedResource, toYaml } from '../export/document.ts'
import { exportedDocument } from '../export/exported-document.ts'
import { warnOf } from '../export/read.ts'
import { readInventory } from '../inventory-options.ts'
import { namedKind } from '../named-kind.ts'
import { type CommandHandler, handle } from '../run.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline import Tenant acme-web --out documents/acme-web.yaml
  plumbline import User u-1234 --tenant acme-web >> documents/users.yaml
  plumbline import SecurityConfiguration 42 --connection pigello

Writes the document of an object that exists; the next \`plumbline plan\` takes it over. Nothing is sent to the system.`

interface Options extends Selection {
  readonly connection?: string
  readonly tenant?: string
  readonly out?: string
}

export function define(command: Command): void {
  trusting(selectable(command))
    .argument('<kind>', 'kind of the object')
    .argument('<id>', 'its id in the system, or its name there')
    .option('-c, --connection <name>', 'Connection to read from (default: the only one to its system)')
    .option('--tenant <id>', 'the tenant that has it')
    .option('-o, --out <file>', 'write into this new file')
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: CommandHandler<Options> = (run, options, [kindName = '', id = '']) =>
  withReportedWorkspace(run, options, readInventory({}), async (workspace): Promise<ExitCode> => {
    const kind = namedKind(kindName)
    const connection = options.connection ?? onlyConnection(workspace, kind)
    const { tenant, out } = options
    const wanted = { kind, id, connection, ...(tenant === undefined ? {} : { tenant }) }
    const found = await run.terminal.stage(`reading ${connection}`, () =>
      exportedDocument(workspace, wanted, run.signal),
    )
    if (out !== undefined) await writeNew(out, found)
    run.terminal.result('import', exportedResource(found), {
      text: () => (out === undefined ? `---\n${toYaml([found])}` : `Wrote ${out}. Next: plumbline plan`),
    })
    warnOf(run, workspace, [found])
    return EXIT.ok
  })

function onlyConnection({ documents }: Workspace, kind: Kind): string {
  const all = documents.resources.filter((r) => r.kind === 'Connection' && r.spec.system === kind.system)
  const [one, ...others] = all.map((r) => r.metadata.name)
  if (one !== undefined && others.length === 0) return one
  throw new PlumblineError('USAGE', `the project has ${all.length} Connections to the system of ${kind.name}`, {
    help: one === undefined ? `Write a Connection to ${kind.system ?? 'it'} first.` : `Name one: --connection ${one}`,
  })
}

async function writeNew(file: string, found: Exported): Promise<void> {
  try {
    await writeFile(file, `${toYaml([found])}\n`, { flag: 'wx' })
  } catch (cause) {
    const there = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw new PlumblineError('IO', there ? `${file} exists already` : `cannot write ${file}`, { cause })
  }
}
