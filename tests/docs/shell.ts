import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMMAND } from '../command.ts'

/** What a shell said, and the code with which it ended. */
export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Programs in the place of those that a page uses: the command line of this checkout, by npx too. */
const programs = (): Readonly<Record<string, string>> => {
  const plumbline = `exec '${[process.execPath, ...COMMAND].join("' '")}' "$@"`
  return {
    plumbline,
    npx: `[ "$1" = --yes ] && shift\n[ "$1" = @plumbline-dev/cli ] && shift || exit 127\n${plumbline}`,
    // Takes what it is given; the tests of the controller apply it to a real API server.
    kubectl: 'grep -q "kind: CustomResourceDefinition"',
  }
}

const person = (role: string) => ({ [`GIT_${role}_NAME`]: 'ada', [`GIT_${role}_EMAIL`]: 'ada@acme.example' })

/** A shell of a person who works in `folder`, where the programs of a page are. */
export class Shell {
  readonly #folder: string
  readonly #variables: Readonly<Record<string, string>>

  private constructor(folder: string, variables: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#variables = variables
  }

  static async open(folder: string, variables: Readonly<Record<string, string>> = {}): Promise<Shell> {
    const bin = join(folder, 'bin')
    await mkdir(bin)
    for (const [name, script] of Object.entries(programs())) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(bin, name), 0o755)
    }
    const path = `${bin}:${process.env.PATH}`
    return new Shell(folder, { PATH: path, PLUMBLINE_TRUST: '', ...variables })
  }

  /** Types a script, below the folder. */
  run(script: string, below = '.'): Promise<Said> {
    const env = { ...process.env, ...person('AUTHOR'), ...person('COMMITTER'), ...this.#variables }
    return new Promise((done, fail) =>
      execFile('bash', ['-c', script], { cwd: join(this.#folder, below), env }, (error, stdout, stderr) => {
        const code = error?.code ?? 0
        if (typeof code === 'number') done({ code, stdout, stderr })
        else fail(error)
      }),
    )
  }
}
