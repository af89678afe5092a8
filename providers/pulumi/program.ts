import { Config, RunError } from '@pulumi/pulumi'
import { PlumblineError } from '../../config/errors.ts'
import { readDocuments } from '../../config/project/documents.ts'
import { formatDiagnostic, type Resource } from '../../config/resource.ts'
import { digestOf } from '../../reconciler/digest.ts'
import { declareAll } from './declare.ts'
import { messageOf } from './message.ts'
import { selectionOf } from './settings.ts'

const config = new Config('plumbline')
const documents = goodDocuments()

/** How many documents are resources. */
export const count = declareAll(documents)
/** SHA-256 of the wanted documents, over their canonical JSON. */
export const digest = digestOf(documents.map(({ kind, metadata, spec }) => ({ kind, metadata, spec })))

/** Of a `RunError` the engine prints the message alone. */
function goodDocuments(): readonly Resource[] {
  try {
    const { resources, diagnostics } = readDocuments(selectionOf((key) => config.get(key.replace('plumbline:', ''))))
    const mistakes = diagnostics.filter((d) => d.severity === 'error').map(formatDiagnostic)
    if (mistakes.length === 0) return resources
    throw new PlumblineError('INVALID_DOCUMENT', `the project has mistakes:\n${mistakes.join('\n')}`)
  } catch (thrown) {
    throw new RunError(messageOf(thrown))
  }
}
