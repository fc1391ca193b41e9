// A minimal Lambda runtime for Node. It asks for an event, answers it, and asks again. Lambda's own does the same and more.
import http from 'node:http';
import { handler } from './handler.mjs';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true });

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, agent, method, path: '/2018-06-01/runtime/invocation/' + path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ header: answer.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

for (;;) {
  const { header, text } = await ask('GET', 'next');
  const id = header['lambda-runtime-aws-request-id'];
  const deadline = Number(header['lambda-runtime-deadline-ms']);
  try {
    const answer = await handler(JSON.parse(text), { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() });
    await ask('POST', id + '/response', JSON.stringify(answer));
  } catch (error) {
    await ask('POST', id + '/error', JSON.stringify({ errorType: error.name, errorMessage: error.message + (error.cause ? ': ' + error.cause.message : '') }));
  }
}
