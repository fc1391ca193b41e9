// Adds a stream of changes to dynalite, which has none. It is read and emptied at /stream.
const { isDeepStrictEqual } = require('util')

const inStream = 'stream~' // keys in the database: this and the sequence number
const setAside = 'aside~'
const longestWait = 20_000 // ms that a reader waits for a record

// Stream stores a record of each change together with the changed item, in one batch. A write that was acknowledged
// therefore has its record, however this process ends.
class Stream {
  constructor(store) {
    this.store = store
    this.last = 0
    this.waiting = new Set() // sequence numbers of the records in the stream, in the order in which they were stored
    this.readers = new Set()
    const getItemDb = store.getItemDb
    store.getItemDb = (table) => this.recorded(table, getItemDb(table))
  }

  // open finds the records of an earlier run. It puts back those that were set aside.
  async open() {
    const aside = await this.store.db.iterator(range(setAside)).all()
    const back = aside.flatMap(([key, value]) => [
      { type: 'del', key },
      { type: 'put', key: inStream + key.slice(setAside.length), value },
    ])
    await this.store.db.batch(back)
    for await (const key of this.store.db.keys(range(inStream))) {
      const sequence = key.slice(inStream.length)
      this.waiting.add(sequence)
      this.last = Number(sequence)
    }
  }

  // recorded makes the writes of a table's items store their records. dynalite holds its lock on the key meanwhile.
  recorded(table, items) {
    if (items.recorded) return items
    items.recorded = true
    items.put = (key, item, done) => this.write(table, items, key, item, done)
    items.del = (key, done) => this.write(table, items, key, undefined, done)
    return items
  }

  write(table, items, key, item, done) {
    const stored = `item-${table}~${key}`
    const change = item === undefined ? { type: 'del', key: stored } : { type: 'put', key: stored, value: item }
    items.get(key, (err, old) => {
      if (err && err.name !== 'NotFoundError') return done(err)
      if (same(old, item)) return this.store.db.batch([change], done) // DynamoDB streams no write that changes nothing
      this.store.getTable(table, (err, definition) => {
        if (err) return done(err)
        const sequence = String(++this.last).padStart(21, '0')
        const record = { type: 'put', key: inStream + sequence, value: describe(definition, sequence, old, item) }
        this.store.db.batch([change, record], (err) => {
          if (!err) this.waiting.add(sequence)
          done(err)
          for (const wake of this.readers) wake()
        })
      })
    })
  }

  async answer(request, response) {
    if (request.method === 'GET') {
      const limit = Number(new URL(request.url, 'http://stream').searchParams.get('limit'))
      return response.end(JSON.stringify({ records: await this.read(limit, response) }))
    }
    let body = ''
    for await (const part of request) body += part
    await this.remove(JSON.parse(body))
    response.end('{}')
  }

  // read returns the oldest records. It waits until there is one. It looks them up one by one, because a scan would pass
  // every record that was ever removed and is not compacted yet.
  async read(limit, response) {
    if (this.waiting.size === 0) await this.nextWrite(response)
    const oldest = []
    for (const sequence of this.waiting) if (oldest.push(inStream + sequence) === limit) break
    return this.store.db.getMany(oldest)
  }

  nextWrite(response) {
    return new Promise((resolve) => {
      const wake = () => {
        this.readers.delete(wake)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(wake, longestWait)
      this.readers.add(wake)
      response.on('close', wake)
    })
  }

  // remove removes the records that were handled, and sets others aside until the next start. all removes every record.
  async remove({ handled = [], aside = [], all = false }) {
    if (all) {
      await this.store.db.clear(range(inStream))
      await this.store.db.clear(range(setAside))
      return this.waiting.clear()
    }
    const operations = handled.map((sequence) => ({ type: 'del', key: inStream + sequence }))
    for (const sequence of aside) {
      const value = await this.store.db.get(inStream + sequence)
      operations.push({ type: 'del', key: inStream + sequence }, { type: 'put', key: setAside + sequence, value })
    }
    await this.store.db.batch(operations)
    for (const sequence of [...handled, ...aside]) this.waiting.delete(sequence)
  }
}

function range(prefix) {
  return { gte: prefix, lt: prefix + '~' }
}

// same compares two items as JSON has them.
function same(old, item) {
  const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
  return isDeepStrictEqual(plain(old), plain(item))
}

// describe returns the record of a change in DynamoDB's form.
function describe(definition, sequence, old, item) {
  const keys = definition.KeySchema.map((part) => part.AttributeName)
  const { TableName: table } = definition
  return {
    eventID: sequence,
    eventName: old === undefined ? 'INSERT' : item === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/local`,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      Keys: Object.fromEntries(keys.map((name) => [name, (item ?? old)[name]])),
      ...(item && { NewImage: item }),
      ...(old && { OldImage: old }),
      SequenceNumber: sequence,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  }
}

// streamOf makes dynalite record the changes of the store that it creates. The stream is there once dynalite is.
function streamOf(dynalite) {
  const db = require(`${dynalite}/db`)
  const create = db.create
  const created = {}
  db.create = (options) => {
    const store = create(options)
    created.stream = new Stream(store)
    return store
  }
  return created
}
