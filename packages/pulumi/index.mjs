// `main` of Pulumi.yaml. The folder of this file is that of the shell in the state: see providers/pulumi/shell.ts.
import { nodeIsNewEnough } from './dist/node-version.mjs'

if (!nodeIsNewEnough()) process.exit(1)
export const { count, digest } = await import('./dist/program.mjs')
