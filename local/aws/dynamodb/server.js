// Runs dynalite until standard input ends. The parent holds the other end of that pipe, so dynalite ends with the parent
// even if that is killed.
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

// allowed accepts programs of this machine. It refuses web pages, and foreign host names that point to this machine.
function allowed(request) {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '').toLowerCase()
  const here = name === 'localhost' || name === 'host.docker.internal' || name === '::1' || (net.isIPv4(name) && name.startsWith('127.'))
  return here && request.headers.origin === undefined
}

// dynalite itself allows every origin.
function guard(server, stream) {
  const [answer] = server.listeners('request')
  server.removeAllListeners('request').on('request', (request, response) => {
    if (allowed(request) && request.url.startsWith('/stream')) {
      return stream.answer(request, response).catch((err) => response.writeHead(400).end(err.message))
    }
    if (allowed(request)) return answer(request, response)
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end('this server answers only programs of this machine\n')
    request.resume()
  })
}

// dynalite opens its files in the background and reports only that they are not open. The files passed here report the
// reason.
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

// completeFailures adds the stored item to a failed condition if the request asks for it, as DynamoDB does. dynalite
// ignores that parameter, and a repeat would then need a read that does not occur on AWS.
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

// createIndexes makes UpdateTable add indexes, which dynalite accepts and ignores. A new index is empty. An item gets its
// entry with its next write.
function createIndexes() {
  const file = require.resolve(`${dynalite}/actions/updateTable`)
  const update = require(file)
  const { types } = require(`${dynalite}/validations/updateTable`)
  types.AttributeDefinitions = { ...require(`${dynalite}/validations/createTable`).types.AttributeDefinitions }
  delete types.AttributeDefinitions.notNull
  delete types.GlobalSecondaryIndexUpdates.children.children.Create.children.ProvisionedThroughput.notNull // as in CreateTable
  require.cache[file].exports = (store, data, done) => {
    const indexes = (data.GlobalSecondaryIndexUpdates ?? []).flatMap((change) => change.Create ?? [])
    if (indexes.length === 0) return update(store, data, done)
    store.tableDb.lock(data.TableName, (release) => {
      done = release(done)
      store.getTable(data.TableName, false, (err, table) => {
        if (err) return done(err)
        for (const index of indexes) {
          const none = { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 }
          const state = { IndexArn: `${table.TableArn}/index/${index.IndexName}`, IndexStatus: 'ACTIVE', IndexSizeBytes: 0, ItemCount: 0 }
          table.GlobalSecondaryIndexes = [...(table.GlobalSecondaryIndexes ?? []), { ...index, ...state, ProvisionedThroughput: none }]
        }
        const known = new Set(table.AttributeDefinitions.map((a) => a.AttributeName))
        table.AttributeDefinitions.push(...data.AttributeDefinitions.filter((a) => !known.has(a.AttributeName)))
        store.tableDb.put(data.TableName, table, (err) => done(err, { TableDescription: table }))
      })
    })
  }
}

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
// dynalite throws if a caller closes the connection in the middle of a request, as a killed function does.
process.on('uncaughtException', (err) => {
  if (err.code !== 'ECONNRESET') fail(err)
})
process.on('SIGINT', () => {}) // Ctrl-C goes to the whole group: the parent decides when

let created
const [server, opened] = withFiles(() => {
  created = streamOf(dynalite)
  createIndexes()
  return require(dynalite)({ path: path || undefined, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })
})
guard(server, created.stream)
completeFailures()
opened
  .then(() => created.stream.open())
  .then(() => server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port)))
  .catch(fail)
