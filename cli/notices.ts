/** Node 22 announces its SQLite as experimental; that one notice is dropped, every other warning passes. */
export function hushSqliteNotice(): void {
  const emit = process.emitWarning.bind(process) as (...all: readonly unknown[]) => void
  process.emitWarning = (...all: readonly unknown[]) => {
    if (!String(all[0]).startsWith('SQLite is an experimental feature')) emit(...all)
  }
}
