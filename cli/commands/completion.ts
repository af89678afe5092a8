import { Argument, type Command } from 'commander'
import { completionScript, SHELLS, type Shell } from '../completion.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline completion bash > ~/.local/share/bash-completion/completions/plumbline
  plumbline completion zsh > "\${fpath[1]}/_plumbline"
  plumbline completion fish > ~/.config/fish/completions/plumbline.fish`

export function define(command: Command): void {
  command.addArgument(new Argument('<shell>', 'the shell').choices(SHELLS)).addHelpText('after', EXAMPLES)
  handle(command, completion)
}

const completion: CommandHandler<object> = async ({ terminal }, _options, [name]) => {
  const shell = SHELLS.find((s) => s === name) as Shell
  terminal.result(
    'completion',
    { shell, script: completionScript(shell, 'plumbline') },
    { text: ({ script }) => script },
  )
  return EXIT.ok
}
