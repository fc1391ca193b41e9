// Verifies a request with the published library: node verify.cjs <secret> reads {"headers","body"} from standard input.
const {Webhook} = require('standardwebhooks')
const {headers, body} = JSON.parse(require('fs').readFileSync(0))
console.log(JSON.stringify(new Webhook(process.argv[2]).verify(body, headers)))
