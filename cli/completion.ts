import { script } from '@bomb.sh/tab'
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** Prints what may follow the words, as the script of `completionScript` wants it. */
export const printCompletions = (program: Command, words: readonly string[]): void => tab(program).parse([...words])

/** The script that a shell reads at its start. The library prints it, and does nothing else meanwhile. */
export function completionScript(shell: Shell, name: string): string {
  const lines: string[] = []
  const { log } = console
  console.log = (line: string) => lines.push(line)
  try {
    script(shell, name, name)
  } finally {
    console.log = log
  }
  return lines.join('\n')
}
