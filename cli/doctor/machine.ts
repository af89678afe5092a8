import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { specOf } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { isDatabase } from '../../config/project/database-places.ts'
import type { Documents } from '../../config/project/documents.ts'
import { type FoundTool, findTool, type ToolName } from '../../engine/engine.ts'
import { ENGINE_TOOLS } from '../../engine/tools.ts'
import { secretReferencesOf } from '../../reconciler/secret-source.ts'
import type { Check } from '../report/checks.ts'

const ENGINE: readonly ToolName[] = ['pulumi', 'pulumi-language-nodejs']
const ORIGINS: Readonly<Record<FoundTool['from'], string>> = {
  PATH: 'on the PATH',
  download: 'the official download',
  build: 'built with Go',
}
const OTHERS_MAY_ACCESS = 0o077

/** Node itself, and the engine of `pulumi up`. */
export async function machineChecks(): Promise<readonly Check[]> {
  const node: Check = { status: 'ok', subject: 'Node.js', message: process.versions.node }
  return [node, ...(await Promise.all(ENGINE.map(toolCheck)))]
}

async function toolCheck(name: ToolName): Promise<Check> {
  const found = await findTool(name)
  if (found !== undefined) return { status: 'ok', subject: name, message: `${found.path} (${ORIGINS[found.from]})` }
  const help = `Only \`pulumi up\` needs it: install ${ENGINE_TOOLS[name].install}. In a checkout \`npm start\` downloads it, or builds it with Go.`
  return { status: 'warn', subject: name, message: 'not found.', help }
}

/** Files that hold secrets, with who may read them; files that are not there yet are left out. */
export async function fileChecks(documents: Documents): Promise<readonly Check[]> {
  const files = [...new Set([...documents.envFiles, ...ownFiles(documents), ...secretFiles(documents)])]
  return (await Promise.all(files.map(fileCheck))).filter((c) => c !== undefined)
}

const ownFiles = ({ runtime, inventory }: Documents): readonly string[] => [
  ...['master.key', 'admin.key'].map((name) => resolve(runtime.dataFolder, name)),
  ...(isDatabase(inventory) ? [] : [inventory]),
]

function secretFiles({ resources, folder }: Documents): readonly string[] {
  const references = resources.flatMap((r) => {
    const kind = kindOf(r.kind)
    return kind === undefined ? [] : [...secretReferencesOf(specOf(kind), r.spec).values()]
  })
  return references.flatMap(({ fromFile }) => (fromFile === undefined ? [] : [resolve(folder, fromFile)]))
}

async function fileCheck(path: string): Promise<Check | undefined> {
  const mode = await modeOf(path)
  if (mode === undefined) return undefined
  const subject = 'secret file'
  if ((mode & OTHERS_MAY_ACCESS) === 0) return { status: 'ok', subject, message: path }
  return { status: 'fail', subject, message: `others may read ${path}.`, help: `Run: chmod 600 '${path}'` }
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
