import { getProject, getStack, log, runtime } from '@pulumi/pulumi'

/** Lets a plugin report through the engine that has started it: the engine's address is a plugin's first argument. */
export function reportToEngine(address: string | undefined): void {
  runtime.resetOptions(getProject(), getStack(), -1, address ?? '', '', false, '')
}

/** A warning among the engine's own diagnostics; standard error where no engine listens. */
export const warn = (text: string): Promise<void> => log.warn(text)
