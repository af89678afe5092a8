import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A bare repository, served as git's own CGI program does it. */
export class GitHttp {
  readonly #root = mkdtempSync(join(tmpdir(), 'plumbline-git-'))
  readonly folder = join(this.#root, 'acme/identity.git')

  constructor() {
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', this.folder])
    execFileSync('git', ['-C', this.folder, 'config', 'http.receivepack', 'true'])
  }

  /** Commit of a branch; `undefined`: it is not there. */
  tip(branch: string): string | undefined {
    return this.git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`) || undefined
  }

  git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', this.folder, ...args], { encoding: 'utf8' }).trim()

  serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://localhost')
    const child = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: this.#root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'somebody',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    request.pipe(child.stdin)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('close', () => {
      const all = Buffer.concat(chunks)
      const end = all.indexOf('\r\n\r\n')
      const headers = new Map(
        all
          .toString('latin1', 0, end)
          .split('\r\n')
          .map((line) => line.split(': ') as [string, string]),
      )
      const status = Number(headers.get('Status')?.split(' ')[0] ?? 200)
      headers.delete('Status')
      response.writeHead(status, Object.fromEntries(headers)).end(all.subarray(end + 4))
    })
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }
}
