import type { Command } from 'commander'
import { toPlumblineError } from '../../config/errors.ts'
import { shownPlace } from '../../config/project/database-places.ts'
import { type Documents, readDocuments, type Selection } from '../../config/project/documents.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { connectionChecks } from '../doctor/connections.ts'
import { fileChecks, machineChecks } from '../doctor/machine.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { readInventory } from '../inventory-options.ts'
import { CHECK_FORMS, type Check } from '../report/checks.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline doctor                   this machine, the project, its systems and secret files
  plumbline doctor -e production     with the connections of another environment`

export function define(command: Command): void {
  trusting(selectable(command)).addHelpText('after', EXAMPLES)
  handle(command, doctor)
}

const doctor: CommandHandler<Selection> = async (run, selection) => {
  const checks = [...(await machineChecks()), ...(await projectChecks(run, selection))]
  run.terminal.result('doctor', checks, CHECK_FORMS)
  return checks.some((c) => c.status === 'fail') ? EXIT.error : EXIT.ok
}

async function projectChecks(run: Run, selection: Selection): Promise<readonly Check[]> {
  try {
    const documents = readDocuments(selection, process.env)
    const files = await fileChecks(documents)
    if (documents.diagnostics.length > 0) return [...files, ...mistakes(documents)]
    const good: Check = {
      status: 'ok',
      subject: 'project',
      message: `${documents.resources.length} documents valid`,
    }
    return [good, ...files, ...(await systemChecks(run, selection))]
  } catch (thrown) {
    return [failed('project', thrown)]
  }
}

const mistakes = ({ diagnostics }: Documents): readonly Check[] =>
  diagnostics.map((d) => ({
    status: d.severity === 'error' ? 'fail' : 'warn',
    subject: 'project',
    message: formatDiagnostic(d),
  }))

/** Opens the inventory, the store and every connection. */
async function systemChecks(run: Run, selection: Selection): Promise<readonly Check[]> {
  try {
    return await withReportedWorkspace(run, selection, readInventory({}), async (workspace) => {
      const store: Check = { status: 'ok', subject: 'inventory', message: shownPlace(workspace.documents.inventory) }
      return [store, ...(await connectionChecks(workspace))]
    })
  } catch (thrown) {
    return [failed('store', thrown)]
  }
}

function failed(subject: string, thrown: unknown): Check {
  const { message, help } = toPlumblineError(thrown)
  return { status: 'fail', subject, message: `${message}.`, ...(help === undefined ? {} : { help }) }
}
