;(await import('tsx/esm/api')).register()
export const { digest, count } = await import('./providers/pulumi/program.ts')
