"""The endpoint of webhooks in a merchant's back end. For a try: WEBHOOK_SECRET=whsec_… python3 docs/clients/hooks.py"""
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import kasir

handled = set()  # your shop has a table: the same event may come again


class Hooks(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))  # the bytes as they came
        try:  # while a secret is rotated, WEBHOOK_SECRET has two, separated by a space
            event = kasir.verify_webhook(os.environ["WEBHOOK_SECRET"].split(" "), self.headers, body)
        except kasir.WebhookError as error:
            return self.answer(400, error)
        data = event["data"]
        if event["type"] == "payment.paid" and data["id"] not in handled:
            self.log_message("payment.paid %s verified", data["order"]["invoice_number"])  # here your shop marks its order as paid
        handled.add(data["id"])
        self.answer(204)  # also for types that later versions have

    def answer(self, status, reason=""):
        self.log_message("%d %s", status, reason)
        self.send_response(status)
        self.end_headers()


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(os.environ.get("PORT", 3000))), Hooks)
    print(f"The endpoint is at http://127.0.0.1:{server.server_port}/hooks", flush=True)
    server.serve_forever()
