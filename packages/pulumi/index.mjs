// `main` of Pulumi.yaml. The folder of this file is that of the shell in the state: see providers/pulumi/shell.ts.
export { count, digest } from './dist/program.mjs'
