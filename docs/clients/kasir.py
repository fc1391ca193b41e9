"""A client of kasir for a merchant's back end, in Python 3.9 without any dependency. Import it, or run it for a try."""
import base64
import hmac
import http.client
import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


class Error(Exception):
    """repeatable: the outcome is not known. Send the same request again later, with the same invoice number or key."""

    def __init__(self, message, status, repeatable):
        super().__init__(message)
        self.status, self.repeatable = status, repeatable


class Client:
    def __init__(self, url, token_url, client_id="", client_secret="", scope="", patience=60):
        """patience is the time in seconds within which a request is sent again."""
        self.url, self.token_url, self.client_id, self.client_secret = url, token_url, client_id, client_secret
        self.scope, self.patience = scope, patience
        self._token, self._end = "", 0.0

    def create_page(self, body):
        """Ask for the page on which the customer pays. The same request again is the same page."""
        return self._send("POST", "/payments", body)

    def payment(self, invoice):
        return self._send("GET", f"/payments/{urllib.parse.quote(invoice, safe='')}")

    def refund(self, invoice, key, amount):
        """Give back amount, in whole rupiah. Each key is one refund: make it once, store it, and use it again when you
        send the refund again."""
        path = f"/payments/{urllib.parse.quote(invoice, safe='')}/refunds"
        return self._send("POST", path, {"refund": {"amount": amount}}, {"idempotency-key": key})

    def _send(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()

        def same():
            fields = {"content-type": "application/json", "authorization": f"Bearer {self.token()}", **(headers or {})}
            return _call(urllib.request.Request(self.url + path, data, fields, method=method))

        status, answer, repeatable = _answered(same, self.patience)
        if status == 401:  # the token has ended: another one
            self._end = 0.0
            status, answer, repeatable = _answered(same, self.patience)
        if status not in (200, 201):
            raise Error(_reason(status, answer), status, repeatable)
        return answer

    def token(self):
        """Return a token by OAuth's client credentials. It is kept until shortly before its end."""
        if time.time() < self._end:
            return self._token
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        fields = {"content-type": "application/x-www-form-urlencoded"}
        if self.client_secret:
            pair = ":".join(urllib.parse.quote(part, safe="") for part in (self.client_id, self.client_secret))
            fields["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        data = urllib.parse.urlencode(form).encode()
        status, answer, repeatable = _answered(lambda: _call(urllib.request.Request(self.token_url, data, fields)), 20)
        if status != 200 or "access_token" not in answer:
            reason = f"{self.token_url} answered {status} without a token." if status else f"No answer came from {self.token_url}."
            raise Error(reason, status, repeatable)
        lifetime = float(answer.get("expires_in", 60))
        self._end = time.time() + lifetime - min(60, lifetime / 10)
        self._token = answer["access_token"]
        return self._token


def _answered(same, patience):
    """Send the same request until its outcome is known, or until it would wait beyond patience. It waits as long as
    Retry-After says, or longer each time. No answer (0) is no refusal. Nor is a 202, or a 409 that has Retry-After: the
    request is under way."""
    end, attempt = time.time() + patience, 0
    while True:
        attempt += 1
        status, answer, after = same()
        undecided = status in (0, 202, 408, 425, 429) or status >= 500 or (status == 409 and after is not None)
        wait = max(min(attempt, 10) if after is None else after, 1)
        if not undecided or time.time() + wait > end:
            return status, answer, undecided
        time.sleep(wait)


def _call(request):
    """Return the status, the body and Retry-After. The status is 0 if no answer came, or a success that cannot be read."""
    try:
        try:
            response = urllib.request.urlopen(request, timeout=35)  # kasir answers within 30 seconds
        except urllib.error.HTTPError as refusal:
            response = refusal
        with response:
            status, text, after = response.code, response.read(), response.headers.get("retry-after")
    except (OSError, http.client.HTTPException):
        return 0, {}, None
    try:
        answer = json.loads(text)
    except ValueError:
        status, answer = (0 if status < 300 else status), {}
    return status, answer, int(after) if after and after.isdecimal() else None


def _reason(status, answer):
    """Name every wrong field by JSON pointer."""
    if status in (0, 202):
        return "The outcome is not known yet." if status else "No answer came."
    reasons = [answer.get("detail") or answer.get("title") or answer.get("message") or ""]
    reasons += [f"{wrong['pointer']} {wrong['detail']}" for wrong in answer.get("errors", [])]
    return f"kasir answered {status}: {'; '.join(reasons)}"


def quote(key, terms):
    """Return a quote of terms, under a key of at least 32 bytes. docs/quotes.md has the terms."""
    if len(key.encode()) < 32:
        raise ValueError("QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.")
    claims = {**terms, "exp": int(time.time()) + 600}  # at most 900 seconds ahead
    unsigned = f"{_encode(json.dumps({'alg': 'HS256', 'typ': 'JWT'}))}.{_encode(json.dumps(claims))}"
    return f"{unsigned}.{_encode(hmac.digest(key.encode(), unsigned.encode(), 'sha256'))}"


def _encode(text):
    return base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).rstrip(b"=").decode()


class WebhookError(Exception):
    """The request is not kasir's. Answer it with 400, and do nothing else."""


def verify_webhook(secrets_, headers, body, now=None):
    """Return the event of a request, as Standard Webhooks defines it. The request must have a signature by one of the
    secrets, and must be at most 5 minutes old. body is the bytes as they came."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    id_, timestamp, signatures = (headers.get(name) or "" for name in names)
    if not (id_ and signatures and re.fullmatch("[0-9]{1,12}", timestamp)):
        raise WebhookError(f"The request does not have the headers {', '.join(names)}.")
    if abs((time.time() if now is None else now) - int(timestamp)) > 300:
        raise WebhookError("The header webhook-timestamp is not a time of the last 5 minutes.")
    right = False
    for secret in secrets_:
        if not re.fullmatch("whsec_[A-Za-z0-9+/]+={0,2}", secret):
            raise ValueError("A secret of webhooks must be whsec_ and base64.")
        digest = hmac.digest(base64.b64decode(secret[6:]), f"{id_}.{timestamp}.".encode() + body, "sha256")
        signature = b"v1," + base64.b64encode(digest)
        for given in signatures.split(" "):
            right = hmac.compare_digest(signature, given.encode()) or right
    if not right:
        raise WebhookError("The header webhook-signature has no signature by a known secret.")
    return json.loads(body)


if __name__ == "__main__":
    kasir = Client(os.environ.get("KASIR_URL", "http://127.0.0.1:8080"),
                   os.environ.get("TOKEN_URL", "http://127.0.0.1:8080/dev/token"),
                   os.environ.get("CLIENT_ID", ""), os.environ.get("CLIENT_SECRET", ""),
                   "payments:create payments:read payments:refund")
    if len(sys.argv) > 2:  # kasir.py INVOICE KEY: refund the whole payment
        _, invoice, key = sys.argv
        payment = kasir.payment(invoice)  # without captured before it is paid: kasir refuses the refund with its reason
        refunded = kasir.refund(invoice, key, payment.get("captured", payment["order"]["amount"]))
        print(f"{invoice} is {refunded['status']}. Given back: Rp{refunded['refund']['amount']}")
        sys.exit()
    order = {"invoice_number": sys.argv[1] if len(sys.argv) > 1 else f"INV-{secrets.token_hex(8)}", "amount": 90000,
             "line_items": [{"name": "Kopi Gayo 250 g", "price": 45000, "quantity": 2}]}
    signed = quote(os.environ.get("QUOTE_KEY", "kasir-local-quote-key-that-everybody-knows"), order)
    page = kasir.create_page({"order": order, "customer": {"email": "budi@example.com"}, "quote": signed})
    print(f"{order['invoice_number']} is {page['status']}. Pay at {page['credit_card_payment_page']['url']}")
