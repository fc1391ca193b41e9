// createpage and notify as they are usually written for Node: AWS SDK v3 and Powertools' idempotency. It is for measuring
// kasir against, not for use.
import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const { TABLE_NAME, DOKU_ENVIRONMENT, DOKU_CLIENT_ID, DOKU_SECRET_KEY } = process.env;
const client = new DynamoDBClient({});
const table = DynamoDBDocumentClient.from(client);
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: TABLE_NAME, keyAttr: 'pk', awsSdkV3Client: client });

const reply = (statusCode, body) => ({ statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

function sign(id, at, target, body) {
  const digest = createHash('sha256').update(body).digest('base64');
  const text = `Client-Id:${DOKU_CLIENT_ID}\nRequest-Id:${id}\nRequest-Timestamp:${at}\nRequest-Target:${target}\nDigest:${digest}`;
  return 'HMACSHA256=' + createHmac('sha256', DOKU_SECRET_KEY).update(text).digest('base64');
}

function set(invoice, status, url) {
  return table.send(new UpdateCommand({
    TableName: TABLE_NAME, Key: { pk: 'order#' + invoice }, UpdateExpression: 'SET #s = :s' + (url ? ', #u = :u' : ''),
    ExpressionAttributeNames: { '#s': 'status', ...(url && { '#u': 'url' }) }, ExpressionAttributeValues: { ':s': status, ...(url && { ':u': url }) },
  }));
}

const createPage = makeIdempotent(async (event) => {
  const { order } = JSON.parse(event.body);
  if (!order?.invoice_number || !(order.amount > 0)) return reply(400, { error: 'invalid order' });
  await table.send(new PutCommand({ TableName: TABLE_NAME, Item: { pk: 'order#' + order.invoice_number, amount: order.amount, status: 'CREATING' } }));
  const target = '/credit-card/v1/payment-page';
  const id = randomUUID();
  const at = new Date().toISOString().slice(0, 19) + 'Z';
  const answer = await fetch(DOKU_ENVIRONMENT + target, {
    method: 'POST', body: event.body,
    headers: { 'content-type': 'application/json', 'client-id': DOKU_CLIENT_ID, 'request-id': id, 'request-timestamp': at, signature: sign(id, at, target, event.body) },
  });
  if (!answer.ok) throw new Error('DOKU answered ' + answer.status);
  const { credit_card_payment_page: page } = await answer.json();
  await set(order.invoice_number, 'PENDING', page.url);
  return reply(201, { url: page.url, status: 'PENDING' });
}, { persistenceStore, config: new IdempotencyConfig({ eventKeyJmesPath: 'body' }) });

const notify = makeIdempotent(async (event) => {
  const want = Buffer.from(sign(event.headers['request-id'], event.headers['request-timestamp'], '/notifications', event.body));
  const got = Buffer.from(event.headers.signature ?? '');
  if (want.length !== got.length || !timingSafeEqual(want, got)) return reply(401, { error: 'invalid signature' });
  const { order, transaction } = JSON.parse(event.body);
  await set(order.invoice_number, transaction.status === 'SUCCESS' ? 'PAID' : 'FAILED');
  return reply(200, { status: 'ok' });
}, { persistenceStore, config: new IdempotencyConfig({ eventKeyJmesPath: 'body' }) });

export const handler = (event, context) => (event.routeKey === 'POST /notifications' ? notify : createPage)(event, context);
