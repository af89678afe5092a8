import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { downloadFolder } from './places.ts'
import { ENGINE_TOOLS, type Tool, type ToolName } from './tools.ts'

const TIME_LIMIT_MS = 300_000

/** No second try: where the network does not give the download, the program is built, and that takes minutes already. */
const NPM = ['exec', '--yes', '--fetch-retries=0', '--fetch-timeout=15000'] as const

/**
 * Downloads the official program by its npm package, whose version is pinned and whose content npm checks, and asks the
 * program for its version. Returns whether it is there now; a download that fails leaves nothing behind.
 */
export async function download(name: ToolName, onProgress: (line: string) => void): Promise<boolean> {
  const tool: Tool = ENGINE_TOOLS[name]
  const folder = downloadFolder(tool)
  if (tool.download === undefined || folder === undefined) return false
  const { package: from, version, home } = tool.download
  onProgress(`${name} ${version}: not on the PATH, asking for the official download`)
  try {
    await mkdir(folder, { recursive: true })
    const args = [...NPM, `--package=${from}@${version}`, '--', from, 'version']
    const env = { ...process.env, [home]: folder }
    const { stdout } = await promisify(execFile)('npm', args, { env, timeout: TIME_LIMIT_MS, cwd: folder })
    if (stdout.trim() === `v${version}`) return true
  } catch {
    // Why does not matter: there is another way.
  }
  await rm(folder, { recursive: true, force: true })
  onProgress(`${name} ${version}: no download from here`)
  return false
}
