import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ENGINE_TOOLS, type Tool, type ToolName } from './tools.ts'

/** The user's cache of programs. */
const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'plumbline', 'tools')

/** The pinned sources decide the place, so that a changed pin is built anew; `undefined` where they are not, as in the container. */
export async function builtPath(name: ToolName): Promise<string | undefined> {
  const sums = await readFile(new URL(`./${name}/go.sum`, import.meta.url)).catch(absent)
  if (sums === undefined) return undefined
  const pin = createHash('sha256').update(sums).digest('hex').slice(0, 12)
  return join(cacheFolder(), `${name}-${ENGINE_TOOLS[name].version}-${pin}`, name)
}

/** Where an official download is kept; `undefined` for a program of which there is none. */
export function downloadFolder({ download }: Tool): string | undefined {
  return download && join(cacheFolder(), `${download.package}-${download.version}-official`)
}

/** The program in the folder of its download, as the npm package lays it. */
export function downloadedPath(name: ToolName): string | undefined {
  const tool: Tool = ENGINE_TOOLS[name]
  const folder = downloadFolder(tool)
  return folder && join(folder, 'versions', tool.download?.version ?? '', 'bin', name)
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
