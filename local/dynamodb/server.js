// Runs dynalite until standard input ends. The parent holds the other end of that pipe, so that dynalite ends
// with it even when the parent is killed.
const [dynalite, path] = process.argv.slice(1)

// dynalite opens its files at the first request only: open them once before, so that a folder in use is an
// error of the start.
async function probe() {
  const { Level } = require(require.resolve('level', { paths: [dynalite] }))
  const files = new Level(path)
  await files.open()
  await files.close()
}

function serve() {
  const server = require(dynalite)({ path: path || undefined, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))
}

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
// dynalite throws when a caller hangs up in the middle of a request, which a function that is killed does.
process.on('uncaughtException', (err) => {
  if (err.code === 'ECONNRESET') return
  console.error(err)
  process.exit(1)
})
process.on('SIGINT', () => {}) // Ctrl-C goes to the whole group: the parent decides when
Promise.resolve(path && probe()).then(serve).catch((err) => {
  console.error(`${err.message} ${err.cause?.code ?? ''} ${err.cause?.message ?? ''}`)
  process.exit(1)
})
