import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const WHO = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main']

/** A clone in which a test works as a person would. */
export class Clone {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(remote: string): Promise<Clone> {
    const clone = new Clone(await mkdtemp(join(tmpdir(), 'plumbline-clone-')))
    await clone.git('init', '-q')
    await clone.git('remote', 'add', 'origin', remote)
    return clone
  }

  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('git', [...WHO, ...args], { cwd: this.folder })
    return stdout.trim()
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, file)), { recursive: true })
      await writeFile(join(this.folder, file), content)
    }
  }

  /** Commits everything on a branch, which is made where it is not there, and pushes it. Returns the commit. */
  async push(branch: string, files: Readonly<Record<string, string>>): Promise<string> {
    await this.write(files)
    await this.git('add', '-A')
    await this.git('commit', '-q', '--allow-empty', '-m', `work on ${branch}`)
    await this.git('push', '-q', '--force', 'origin', `HEAD:refs/heads/${branch}`)
    return this.git('rev-parse', 'HEAD')
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}
