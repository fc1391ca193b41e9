"""Verifies a request with the published library: verify.py <secret> reads {"headers","body"} from standard input."""
import json, sys
from standardwebhooks.webhooks import Webhook

request = json.load(sys.stdin)
print(json.dumps(Webhook(sys.argv[1]).verify(request["body"], request["headers"])))
