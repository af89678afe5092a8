import { checkProject } from '../config/project/project.ts'
import { mixedProject } from './documents.ts'
import { peakMiB, report, timed } from './measure.ts'

const DOCUMENTS = 10_000

/** Loads and validates 10,000 documents of every kind. */
const project = mixedProject(DOCUMENTS)
try {
  const { result, seconds, cpuSeconds } = await timed(() => checkProject({ cwd: project.folder }))
  if (result.diagnostics.length > 0) throw new Error(`the documents are wrong: ${result.diagnostics[0]?.message}`)
  report({ documents: result.resources.length, seconds, cpuSeconds, peakMiB: peakMiB() })
} finally {
  project.remove()
}
