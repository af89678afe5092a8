/**
 * The dynamic provider as Pulumi stores it in the state of every resource, twice: the text of a CommonJS module whose
 * `handler` returns the provider. It is constant for all kinds, checkouts and releases, and loads the logic from the
 * folder of Pulumi.yaml's `main`, in which Pulumi starts it, once per process.
 */
export const SHELL = `const load = () => (globalThis.plumbline ??= import(require("node:url").pathToFileURL(process.cwd() + "/providers/pulumi/boot.mjs").href).then((m) => m.provider()));
exports.handler = () => Object.fromEntries(["configure", "check", "diff", "create", "read", "update", "delete"].map((verb) => [verb, async (...args) => (await load())[verb](...args)]));
`
