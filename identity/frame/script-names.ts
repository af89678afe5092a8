/** The scripts of the pages: each is bundled from `browser/<name>.ts` to `generated/<name>.js` by `npm run generate`. */
export const SCRIPTS = ['secret', 'passkey', 'bankid', 'push', 'push-worker'] as const
export type ScriptName = (typeof SCRIPTS)[number]
