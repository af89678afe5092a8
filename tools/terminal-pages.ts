import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AnsiUp } from 'ansi_up'
import { html } from '../identity/frame/html.ts'

/** The pages behind the pictures of a terminal in docs/images/: what the commands of the tutorial say, in their colours. */

const WHO = ['-c', 'user.name=acme', '-c', 'user.email=acme@example.com']
const COLOURS = { FORCE_COLOR: '1', NO_COLOR: undefined, CI: undefined }

const STYLE = `
body { margin: 0; padding: 16px; background: #fff }
pre { margin: 0; padding: 16px; border-radius: 8px; background: #1f2328; color: #d1d9e0; white-space: pre-wrap }
pre { font: 13px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace }
.typed { color: #fff }
.ansi-bold { font-weight: bold }
.ansi-green-fg { color: #7ee787 } .ansi-red-fg { color: #ff7b72 } .ansi-yellow-fg { color: #f2cc60 } .ansi-cyan-fg { color: #79c0ff }`

/** What people do in a project that `init` made, and see. */
const SESSIONS = {
  'terminal-plan': [['validate'], ['plan']],
  'terminal-review': [['review', '--base', 'main']],
} as const

type Say = (args: readonly string[]) => string

function shown(sessions: readonly (readonly string[])[], say: Say): string {
  const ansi = new AnsiUp()
  ansi.use_classes = true
  const parts = sessions.map((args) => {
    const typed = html`<span class="typed">$ plumbline ${args.join(' ')}</span>`.text
    return `${typed}\n${ansi.ansi_to_html(say(args))}`
  })
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><pre>${parts.join('\n')}</pre>\n`
}

/** The tutorial's branch, on which PINs get shorter. */
function shortenPins(project: string): void {
  const git = (...args: readonly string[]) => execFileSync('git', [...WHO, ...args], { cwd: project })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'Acme')
  const file = join(project, 'plumbline.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('pinSize: 6', 'pinSize: 4'))
}

/**
 * Name of a picture → the page that it shows.
 *
 * @param command Program and first arguments that start the command line.
 */
export function terminalPages(command: readonly [string, ...string[]]): Readonly<Record<string, string>> {
  const [program, ...first] = command
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-terminal-'))
  const sayIn =
    (cwd: string): Say =>
    (args) =>
      spawnSync(program, [...first, ...args], { cwd, env: { ...process.env, ...COLOURS }, encoding: 'utf8' }).stdout
  try {
    sayIn(folder)(['init', 'acme', '--organization', 'acme', '--display-name', 'Acme'])
    const project = join(folder, 'acme')
    const plan = shown(SESSIONS['terminal-plan'], sayIn(project))
    shortenPins(project)
    return { 'terminal-plan': plan, 'terminal-review': shown(SESSIONS['terminal-review'], sayIn(project)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
