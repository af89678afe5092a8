import { Config } from '@pulumi/pulumi'
// biome-ignore lint/style/noRestrictedImports: to move below both doors
import { readDocuments } from '../../cli/documents.ts'
import { PlumblineError } from '../../config/errors.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { digestOf } from '../../reconciler/digest.ts'
import { declareAll } from './declare.ts'
import { selectionOf } from './settings.ts'

const config = new Config('plumbline')
const { resources, diagnostics } = readDocuments(selectionOf((key) => config.get(key.replace('plumbline:', ''))))
const mistakes = diagnostics.filter((d) => d.severity === 'error').map(formatDiagnostic)
if (mistakes.length > 0) {
  const error = new PlumblineError('INVALID_DOCUMENT', `the project has mistakes:\n${mistakes.join('\n')}`)
  throw Object.assign(error, { stack: error.message })
}

/** How many documents are resources. */
export const count = declareAll(resources)
/** SHA-256 of the wanted documents, over their canonical JSON. */
export const digest = digestOf(resources.map(({ kind, metadata, spec }) => ({ kind, metadata, spec })))
