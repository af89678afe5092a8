import { existsSync } from 'node:fs'
import type { Selection } from '../../config/project/documents.ts'
import { projectFileAt } from '../../config/project/file.ts'

/** Documents at a place: a project, by its file or folder, else a folder or file of documents. */
export function selectionAt(place: string, { environment }: Selection): Selection {
  const project = projectFileAt(place)
  const isProject = project === place ? /(^|[\\/])plumbline\.ya?ml$/.test(place) : existsSync(project)
  if (!isProject) return { paths: [place] }
  return { project, ...(environment === undefined ? {} : { environment }) }
}
