// What tests know of the running kasir, and a gateway in front of it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: go test ./local/test/e2e -run TestClient starts these tests`);
  return value;
}

export async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
}

// pays pays on a page as a customer does, and returns when the order has the status.
export const pays = (page: string, invoice: string, status = "PAID") => post(environment("PAY_URL"), { page, invoice, status });

export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

// Step handles a request instead of passing it on. A step that calls pass has the answer of kasir at hand.
export type Step = (response: ServerResponse, pass: () => Promise<void>) => unknown;

export const drop: Step = (response) => response.destroy();
export const loseAnswer: Step = async (response, pass) => { response.end = () => response.destroy(); await pass(); };
export const answer = (status: number, headers: Record<string, string> = {}): Step => (response) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end('{"message":"Service Unavailable"}');

// gateway stands for API Gateway: it passes requests on to a server, except those that have a step.
export async function gateway(target: string) {
  const seen: Seen[] = [];
  const steps: Step[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    seen.push({ method: request.method!, path: request.url!, headers: request.headers, body: body.toString() });
    const pass = async () => {
      const { host, connection, "content-length": length, ...headers } = request.headers;
      const passed = await fetch(target + request.url, { method: request.method!, headers: headers as Record<string, string>, ...(body.length > 0 && { body }) });
      response.writeHead(passed.status, Object.fromEntries(passed.headers));
      response.end(Buffer.from(await passed.arrayBuffer()));
    };
    await (steps.shift() ?? ((_, on) => on()))(response, pass);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, steps, close: () => server.close() };
}
