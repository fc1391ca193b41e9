"""Gives schemathesis orders that are paid or authorised, and signs DOKU's notifications.

schemathesis makes invoice numbers, ids and amounts up. Nearly all of them would be 404 or 422, and neither captures nor
refunds would reach DOKU. In every other request, the made-up values are replaced by those of real orders. Values that are
wrong on purpose stay.
"""

import base64
import collections
import datetime
import hashlib
import hmac
import itertools
import json
import os
import time
import urllib.parse
import urllib.request

import schemathesis
from schemathesis.core.parameters import ParameterLocation

ORDERS = int(os.environ["KASIR_ORDERS"])  # of each kind
with open(os.environ["KASIR_RUNNING"]) as file:
    RUNNING = json.load(file)
API, DOKU, KEYS = RUNNING["api"], RUNNING["environment"]["DOKU_ENVIRONMENT"], RUNNING["keys"]
TOKEN = os.environ["KASIR_TOKEN"]
CARD = {"card_number": "4761349999000039", "expiry": "12/31", "cvv": "998", "name": "Budi Santoso"}

turns = collections.Counter()  # of an operation
answers = collections.Counter()  # by operation and status


def send(method, url, body=None, form=None, key=None):
    """Sends a request and returns the answer's JSON, or None for a form."""
    headers = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    if form is not None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        data = urllib.parse.urlencode(form).encode()
    if key is not None:
        headers["Idempotency-Key"] = key
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
        return None if form is not None else json.load(answer)


def ask(invoice, kind):
    """Makes an order and returns the address of its page."""
    body = {"order": {"invoice_number": invoice, "amount": 90000},
            "customer": {"id": invoice, "email": "budi@example.com"}, "payment": {"type": kind}}
    return send("POST", API + "/payments", body)["credit_card_payment_page"]["url"]


def pay(invoice, kind, **more):
    """Makes an order and pays it on the sandbox's page."""
    return pay_on(ask(invoice, kind), invoice, **more)


def pay_on(page, invoice, **more):
    card = page.partition("?")[0]
    send("POST", card, form=CARD | more)
    send("POST", card + "/otp", form={"otp": "123456"})
    await_(invoice, lambda payment: payment["status"] != "PENDING")
    return invoice


def await_(invoice, met):
    """Waits until DOKU's notification has changed a payment."""
    for _ in range(500):
        payment = send("GET", API + "/payments/" + invoice)
        if met(payment):
            return payment
        time.sleep(0.02)
    raise RuntimeError(f"{invoice} stays {payment}")


def manual(invoice):
    """Refunds an order by DOKU's people."""
    pay(invoice, "SALE")
    send("POST", DOKU + "/control/settle", {"invoice_number": invoice})
    send("POST", DOKU + "/control/manual-refunds", {"on": True, "invoice_number": invoice})
    answer = send("POST", API + f"/payments/{invoice}/refunds", {"refund": {"amount": 90000}}, key=invoice + "-" * 16)
    return invoice, answer["refund"]["id"]


def conflict(invoice):
    """Has DOKU report a payment of the same number in another channel."""
    send("POST", DOKU + "/control/faults/next", {"endpoint": "notifications", "fault": "other_channel"})
    pay(invoice, "SALE")
    return invoice, await_(invoice, lambda payment: "conflicts" in payment)["conflicts"][0]["id"]


def numbered(prefix):
    return [f"{prefix}-{n}" for n in range(ORDERS)]


PAID = [pay(name, "SALE") for name in numbered("FUZZ-PAID")]
SETTLED = [pay(name, "SALE", save="on") for name in numbered("FUZZ-SETTLED")]
for name in SETTLED:
    send("POST", DOKU + "/control/settle", {"invoice_number": name})
AUTHORIZED = [pay(name, "AUTHORIZE") for name in numbered("FUZZ-AUTHORIZED")]
MANUAL = [manual(name) for name in numbered("FUZZ-MANUAL")]
CONFLICTS = [conflict(name) for name in numbered("FUZZ-CONFLICT")]
UNPAID = [ask(name, "SALE") and name for name in numbered("FUZZ-UNPAID")]
CARDS = [(name, send("GET", API + f"/customers/{name}/tokens")["tokens"][0]["id"]) for name in SETTLED]

refundable = itertools.cycle([i for both in zip(PAID, SETTLED, AUTHORIZED) for i in both])
recordable = itertools.cycle(PAID)
readable = itertools.cycle(PAID + SETTLED + AUTHORIZED)
capturable = itertools.cycle(AUTHORIZED)
unpaid, manuals, conflicts, cards = itertools.cycle(UNPAID), itertools.cycle(MANUAL), itertools.cycle(CONFLICTS), itertools.cycle(CARDS)


def sound(case, location):
    return not (case.meta and case.meta.is_negative_at(location))


def create(case):
    """Keeps the fields of a made-up body that depend on nothing else."""
    if not isinstance(case.body, dict) or not (sound(case, ParameterLocation.BODY) and sound(case, ParameterLocation.HEADER)):
        return
    kept = {name: case.body["order"][name] for name in ("descriptor", "session_id") if name in case.body["order"]}
    case.body = {
        "order": kept | {"invoice_number": f"FUZZ-{turns['createpage']}", "amount": 90000},
        "customer": case.body["customer"] | {"email": "budi@example.com", "country": "ID"},
        "payment": {"type": "SALE" if turns["createpage"] % 4 == 1 else "AUTHORIZE"},
        "override_configuration": {"themes": case.body.get("override_configuration", {}).get("themes", {})},
    }


def refund(case):
    case.path_parameters["invoice_number"] = next(refundable)
    if isinstance(case.body, dict) and sound(case, ParameterLocation.BODY):
        case.body = {"refund": {"amount": 1 + case.body["refund"]["amount"] % 90000}}


def capture(case):
    case.path_parameters["invoice_number"] = next(capturable)
    if isinstance(case.body, dict) and sound(case, ParameterLocation.BODY) and "payment" in case.body:
        case.body = {"payment": {"capture_amount": 1 + case.body["payment"]["capture_amount"] % 90000}}


def resolve(case):
    body = sound(case, ParameterLocation.BODY) and isinstance(case.body, dict) and case.body
    if not body:
        case.path_parameters["invoice_number"] = next(readable)
    elif "operation" in body:
        case.path_parameters["invoice_number"], operation = next(manuals)
        case.body = body | {"operation": operation}
    else:
        case.path_parameters["invoice_number"], reported = next(conflicts)
        case.body = body | {"conflict": reported}


def record(case):
    case.path_parameters["invoice_number"] = next(recordable)
    if isinstance(case.body, dict) and sound(case, ParameterLocation.BODY) and "amount" in case.body:
        case.body = case.body | {"kind": "refund", "amount": 1 + case.body["amount"] % 100}


def read(case):
    case.path_parameters["invoice_number"] = next(readable)


def saved(case):
    case.path_parameters["customer_id"], card = next(cards)
    if "token_id" in case.path_parameters:
        case.path_parameters["token_id"] = card


def notify(case):
    """Signs a notification as DOKU does, and mostly adds the fields that it needs."""
    if isinstance(case.body, dict) and turns["notify"] % 4 == 1:
        order = {"invoice_number": next(unpaid), "amount": 90000}
        case.body = {"order": order, "transaction": {"type": "SALE", "status": "SUCCESS"}} | case.body
    raw = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    request = f"fuzz-{turns['notify']}"
    text = f"Client-Id:{KEYS['client_id']}\nRequest-Id:{request}\nRequest-Timestamp:{now}\n" + \
        f"Request-Target:/notifications\nDigest:{digest}"
    code = base64.b64encode(hmac.digest(KEYS["secret_key"].encode(), text.encode(), "sha256")).decode()
    case.headers.update({"Client-Id": KEYS["client_id"], "Request-Id": request, "Request-Timestamp": now,
                         "Signature": "HMACSHA256=" + code})


REAL = {"createpage": create, "refund": refund, "capture": capture, "resolve": resolve, "getpayment": read, "close": read, "refresh": read,
        "record": record,
        "listtokens": saved, "unbind": saved, "notify": notify}


def operation_of(case):
    return case.operation.definition.raw["operationId"]


@schemathesis.hook
def before_call(context, case, kwargs):
    name = operation_of(case)
    turns[name] += 1
    if turns[name] % 2 and name in REAL and sound(case, ParameterLocation.PATH):
        REAL[name](case)


@schemathesis.hook
def filter_case(context, case):
    """Leaves out a wrong Idempotency-Key beside an invoice number, which is the key. kasir does not read the header then."""
    named = isinstance(case.body, dict) and isinstance(case.body.get("order"), dict) and case.body["order"].get("invoice_number")
    return not (operation_of(case) == "createpage" and named and not sound(case, ParameterLocation.HEADER))


@schemathesis.hook
def after_call(context, case, response):
    """Pays on most pages of create, so that the requests that follow meet money."""
    if operation_of(case) == "createpage" and response.status_code == 201 and turns["createpage"] % 8 > 1:
        made = response.json()
        if made["order"]["invoice_number"].startswith("FUZZ-"):
            pay_on(made["credit_card_payment_page"]["url"], made["order"]["invoice_number"])
    answers[operation_of(case), response.status_code] += 1
    with open(os.environ["KASIR_ANSWERS"], "w") as file:
        for (name, status), count in sorted(answers.items()):
            file.write(f"{count:7d}  {status}  {name}\n")
