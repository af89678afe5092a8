import { Config, log, RunError } from '@pulumi/pulumi'
import { PlumblineError } from '../../config/errors.ts'
import { type Documents, readDocuments } from '../../config/project/documents.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { digestOf } from '../../reconciler/digest.ts'
import { declareAll } from './declare.ts'
import { lastState, stackName } from './last-state.ts'
import { messageOf } from './message.ts'
import { type PulumiRun, runOf } from './run.ts'
import { selectionOf } from './settings.ts'

const config = new Config('plumbline')
const { documents, run } = await forPeople(prepare)
for (const [to, from] of run.moves) await log.info(`${to}: moved from ${from}`)
for (const [address, holder] of run.held) await log.warn(`${address}: ${holder} manages it, so nothing is done here`)

/** How many documents are resources. */
export const count = declareAll(documents.resources, stackName(), run)
/** SHA-256 of the wanted documents, over their canonical JSON. */
export const digest = digestOf(documents.resources.map(({ kind, metadata, spec }) => ({ kind, metadata, spec })))

async function prepare(): Promise<{ readonly documents: Documents; readonly run: PulumiRun }> {
  const documents = readDocuments(
    selectionOf((key) => config.get(key.replace('plumbline:', ''))),
    process.env,
  )
  const mistakes = documents.diagnostics.filter((d) => d.severity === 'error').map(formatDiagnostic)
  if (mistakes.length > 0)
    throw new PlumblineError('INVALID_DOCUMENT', `the project has mistakes:\n${mistakes.join('\n')}`)
  return { documents, run: runOf(documents, await lastState()) }
}

/** Of a `RunError` the engine prints the message alone. */
async function forPeople<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw new RunError(messageOf(thrown))
  }
}
