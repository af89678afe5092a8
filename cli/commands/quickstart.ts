import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { engineEnvironment } from '../../engine/engine.ts'
import { serviceSettings } from '../../identity/environment.ts'
import { openService } from '../../identity/service.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { Pulumi } from '../quickstart/engine.ts'
import { openScene, SCENE } from '../quickstart/scene.ts'
import { tellStory } from '../quickstart/story.ts'
import { watch } from '../quickstart/watch.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'

const EXAMPLES = `
Examples:
  npm start                    run it, then serve and watch for drift until Ctrl-C
  npm start -- --once          run it and end
  npm start -- --once --fresh  forget the data of earlier runs first`

interface Options {
  readonly once?: true
  readonly fresh?: true
}

export function define(command: Command): void {
  command
    .option('--once', 'end after the run instead of serving and watching')
    .option('--fresh', 'forget the data of earlier runs first')
    .addHelpText('after', EXAMPLES)
  handle(command, quickstart)
}

const quickstart: CommandHandler<Options> = async (run, { once, fresh }) => {
  const scene = await openScene(fresh ?? false)
  try {
    return await perform(run, once ?? false)
  } finally {
    scene.close()
  }
}

async function perform(run: Run, once: boolean): Promise<ExitCode> {
  const pulumi = new Pulumi(await engine(run), run.terminal, run.signal)
  const service = await openService({ ...serviceSettings(process.env), store: SCENE.data, dataFolder: SCENE.data })
  try {
    const url = await service.listen({ host: '127.0.0.1', port: 0 })
    const told = await tellStory(run, pulumi, url)
    run.terminal.result('quickstart', told, { text: () => WHERE_NEXT })
    if (!once) await serve(run, pulumi, url)
    return EXIT.ok
  } finally {
    await service.close()
  }
}

const engine = ({ terminal }: Run) =>
  terminal.stage('getting the Pulumi engine', (progress) =>
    engineEnvironment(SCENE.state, { onProgress: (line) => progress.say(line) }),
  )

async function serve(run: Run, pulumi: Pulumi, url: string): Promise<void> {
  const key = join(relative(process.cwd(), SCENE.data), 'admin.key')
  run.terminal.print(`\nServing ${url} (administrator key in ${key}) and watching for drift. Ctrl-C ends it.`)
  try {
    await watch(run, await pulumi.export())
  } catch (thrown) {
    if (!run.signal.aborted) throw thrown
  }
}

const WHERE_NEXT = `
Where to go next:
  edit a document in examples/acme/documents and run \`npm start -- --once\` again
  npx plumbline explain-kind Tenant    every field of a kind; all of them are in docs/reference/
  docs/cli.md                          plan, apply, drift and export without Pulumi
  docs/pulumi.md                       your own stacks and backends`
