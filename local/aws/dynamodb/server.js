// Runs dynalite until standard input ends. The parent holds the other end of that pipe, so that dynalite ends
// with it even when the parent is killed.
const net = require('net')
const [dynalite, path] = process.argv.slice(1)

const [major] = process.versions.node.split('.')
if (major < 20) fail(new Error(`node is v${process.versions.node}: install Node 20 or newer, see https://nodejs.org`))

process.umask(0o077) // orders are nobody else's to read

function fail(err) {
  const causes = []
  for (let e = err; e; e = e.cause) causes.push([e.code, e.message].filter(Boolean).join(' '))
  console.error(causes.join(': '))
  process.exit(1)
}

// allowed is for programs of this machine: no web page, and no name that somebody has let point to this machine.
function allowed(request) {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '').toLowerCase()
  const here = name === 'localhost' || name === 'host.docker.internal' || name === '::1' || (net.isIPv4(name) && name.startsWith('127.'))
  return here && request.headers.origin === undefined
}

// dynalite answers every origin by itself.
function guard(server) {
  const [answer] = server.listeners('request')
  server.removeAllListeners('request').on('request', (request, response) => {
    if (allowed(request)) return answer(request, response)
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end('this answers programs of this machine only\n')
    request.resume()
  })
}

// dynalite opens its files by the way and says of a failure no more than that they are not open. The files that it is given say why.
function withFiles(start) {
  if (!path) return [start(), Promise.resolve()]
  const level = require(require.resolve('level', { paths: [dynalite] }))
  let files
  level.Level = class extends level.Level {
    constructor(...options) {
      super(...options)
      files = this
    }
  }
  const server = start()
  return [server, files.open()]
}

// completeFailures adds the stored item to a failed condition if the request asks for it, as DynamoDB does. dynalite ignores that
// parameter, so that a repeat would need a read that AWS never sees.
function completeFailures() {
  const parameter = 'ReturnValuesOnConditionCheckFailure'
  for (const action of ['putItem', 'updateItem']) require(`${dynalite}/validations/${action}`).types[parameter] = 'String'
  const db = require(`${dynalite}/db`)
  const check = db.checkConditional
  db.checkConditional = (data, stored) => {
    const failed = check(data, stored)
    if (failed && stored && data[parameter] === 'ALL_OLD') failed.body.Item = stored
    return failed
  }
}

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
// dynalite throws when a caller hangs up in the middle of a request, which a function that is killed does.
process.on('uncaughtException', (err) => {
  if (err.code !== 'ECONNRESET') fail(err)
})
process.on('SIGINT', () => {}) // Ctrl-C goes to the whole group: the parent decides when

const [server, opened] = withFiles(() => require(dynalite)({ path: path || undefined, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }))
guard(server)
completeFailures()
opened.then(() => server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))).catch(fail)
