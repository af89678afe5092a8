import { readFile } from 'node:fs/promises'
import { PlumblineError } from '../../config/errors.ts'
import { fileNameOf } from '../../config/generate/reference.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Workspace } from '../../library/workspace.ts'
import { type Exported, toYaml } from '../export/document.ts'
import { Names } from '../export/names.ts'
import { readAll, warnOf } from '../export/read.ts'
import { readInventory } from '../inventory-options.ts'
import type { Run } from '../run.ts'
import { withReportedWorkspace } from '../workspace.ts'
import { documentsFile, type Files, projectFile } from './files.ts'

/**
 * A project that describes what the systems behind the Connections of a file have now: its first plan changes nothing. Nothing is
 * written to them.
 */
export const filesFrom = (run: Run, name: string, file: string): Promise<Files> =>
  withReportedWorkspace(run, { paths: [file] }, readInventory({}), async (workspace) => {
    const names = new Names()
    const found: Exported[] = []
    for (const connection of connectionsIn(workspace, file))
      found.push(...(await readAll(run, workspace, connection, { names })))
    warnOf(run, workspace, found)
    return new Map([
      ['plumbline.yaml', projectFile(name, { production: {} })],
      ['documents/connection.yaml', documentsFile(await readFile(file, 'utf8'))],
      ...[...Map.groupBy(found, ({ kind }) => kind)].map(fileOfKind),
    ])
  })

function connectionsIn({ documents }: Workspace, file: string): readonly string[] {
  const names = documents.resources.filter((r) => r.kind === 'Connection').map((r) => r.metadata.name)
  if (names.length === 0) throw new PlumblineError('USAGE', `${file} holds no Connection`)
  return names
}

function fileOfKind([name, documents]: readonly [string, readonly Exported[]]): readonly [string, string] {
  const kind = kindOf(name)
  return [`documents/${kind === undefined ? name : fileNameOf(kind)}.yaml`, documentsFile(`${toYaml(documents)}\n`)]
}
