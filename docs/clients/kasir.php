<?php
// A client of kasir for a merchant's back end, in PHP 8.1 without any dependency. Require it, or run it for a try.
namespace Kasir;

require_once __DIR__ . '/../quotes/quote.php'; // \Kasir\quote

class Error extends \RuntimeException {
    // repeatable: the outcome is not known. Send the same request again later, with the same invoice number or key.
    public function __construct(string $message, public readonly int $status, public readonly bool $repeatable) {
        parent::__construct($message);
    }
}

class Client {
    private string $token = '';
    private int $end = 0; // of the token, in seconds since 1970. Keep both in APCu if many requests need a token

    // patience is the time in seconds within which a request is sent again.
    public function __construct(
        private string $url, private string $tokenUrl, private string $clientId = '', private string $clientSecret = '',
        private string $scope = '', private int $patience = 60,
    ) {}

    // createPage asks for the page on which the customer pays. The same request again is the same page.
    public function createPage(array $body): array {
        return $this->send('POST', '/payments', $body);
    }

    public function payment(string $invoice): array {
        return $this->send('GET', '/payments/' . rawurlencode($invoice));
    }

    // refund gives back amount, in whole rupiah. Each key is one refund: make it once, store it, and use it again when you
    // send the refund again.
    public function refund(string $invoice, string $key, int $amount): array {
        $path = '/payments/' . rawurlencode($invoice) . '/refunds';
        return $this->send('POST', $path, ['refund' => ['amount' => $amount]], ["Idempotency-Key: $key"]);
    }

    private function send(string $method, string $path, ?array $body = null, array $headers = []): array {
        $text = $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR);
        $same = fn() => call($method, $this->url . $path,
            ['Content-Type: application/json', 'Authorization: Bearer ' . $this->token(), ...$headers], $text);
        [$status, $answer, $repeatable] = answered($same, $this->patience);
        if ($status === 401) { // the token has ended: another one
            $this->end = 0;
            [$status, $answer, $repeatable] = answered($same, $this->patience);
        }
        if ($status !== 200 && $status !== 201) {
            throw new Error(reason($status, $answer), $status, $repeatable);
        }
        return $answer;
    }

    // token returns a token by OAuth's client credentials, and keeps it until shortly before its end.
    private function token(): string {
        if (time() < $this->end) {
            return $this->token;
        }
        $form = ['grant_type' => 'client_credentials'] + ($this->scope === '' ? [] : ['scope' => $this->scope]);
        $headers = ['Content-Type: application/x-www-form-urlencoded'];
        if ($this->clientSecret !== '') {
            $pair = rawurlencode($this->clientId) . ':' . rawurlencode($this->clientSecret);
            $headers[] = 'Authorization: Basic ' . base64_encode($pair);
        }
        $same = fn() => call('POST', $this->tokenUrl, $headers, http_build_query($form));
        [$status, $answer, $repeatable] = answered($same, 20);
        if ($status !== 200 || !isset($answer['access_token'])) {
            $reason = $status === 0 ? "No answer came from $this->tokenUrl." : "$this->tokenUrl answered $status without a token.";
            throw new Error($reason, $status, $repeatable);
        }
        $lifetime = (int) ($answer['expires_in'] ?? 60);
        $this->end = time() + $lifetime - min(60, intdiv($lifetime, 10));
        return $this->token = $answer['access_token'];
    }
}

// answered sends the same request until its outcome is known, or until it would wait beyond patience. It waits as long as
// Retry-After says, or longer each time. No answer (0) is no refusal. Nor is a 202, or a 409 that has Retry-After: the
// request is under way.
function answered(callable $same, int $patience): array {
    $end = time() + $patience;
    for ($attempt = 1; ; $attempt++) {
        [$status, $answer, $after] = $same();
        $undecided = in_array($status, [0, 202, 408, 425, 429], true) || $status >= 500 || ($status === 409 && $after !== null);
        $wait = max($after ?? min($attempt, 10), 1);
        if (!$undecided || time() + $wait > $end) {
            return [$status, $answer, $undecided];
        }
        sleep($wait);
    }
}

// call returns the status, the body and Retry-After. The status is 0 if no answer came, or a success that cannot be read.
function call(string $method, string $url, array $headers, string $body): array {
    $stream = @fopen($url, 'r', false, stream_context_create(['http' => [
        'method' => $method, 'header' => $headers, 'content' => $body,
        'ignore_errors' => true, 'follow_location' => 0, 'timeout' => 35, // seconds; kasir answers within 30
    ]]));
    $text = $stream ? stream_get_contents($stream) : '';
    $fields = $stream ? stream_get_meta_data($stream)['wrapper_data'] : [];
    $status = (int) (explode(' ', $fields[0] ?? '')[1] ?? 0);
    $answer = json_decode($text ?: '', true);
    $after = null;
    foreach ($fields as $field) {
        $after = preg_match('/^retry-after: *(\d+)$/i', trim($field), $found) ? (int) $found[1] : $after;
    }
    return [$status < 300 && !is_array($answer) ? 0 : $status, is_array($answer) ? $answer : [], $after];
}

// reason names every wrong field by JSON pointer.
function reason(int $status, array $answer): string {
    if ($status === 0 || $status === 202) {
        return $status === 0 ? 'No answer came.' : 'The outcome is not known yet.';
    }
    $reasons = [$answer['detail'] ?? $answer['title'] ?? $answer['message'] ?? ''];
    foreach ($answer['errors'] ?? [] as $wrong) {
        $reasons[] = "$wrong[pointer] $wrong[detail]";
    }
    return "kasir answered $status: " . implode('; ', $reasons);
}

class WebhookError extends \RuntimeException {}

// verifyWebhook returns the event of a request, as Standard Webhooks defines it. The request must have a signature by one of
// the secrets, and must be at most 5 minutes old. body is the body as it came. server is $_SERVER.
function verifyWebhook(array $secrets, array $server, string $body, ?int $now = null): array {
    foreach (['HTTP_WEBHOOK_ID', 'HTTP_WEBHOOK_TIMESTAMP', 'HTTP_WEBHOOK_SIGNATURE'] as $name) {
        if (($server[$name] ?? '') === '') {
            throw new WebhookError("The request has no $name.");
        }
    }
    $timestamp = $server['HTTP_WEBHOOK_TIMESTAMP'];
    if (!preg_match('/^\d{1,12}$/D', $timestamp) || abs(($now ?? time()) - (int) $timestamp) > 300) {
        throw new WebhookError('The header webhook-timestamp is not a time of the last 5 minutes.');
    }
    $right = false;
    foreach ($secrets as $secret) {
        $key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6), true) : false;
        if ($key === false || $key === '') {
            throw new \InvalidArgumentException('A secret of webhooks must be whsec_ and base64.');
        }
        $signature = 'v1,' . base64_encode(hash_hmac('sha256', "$server[HTTP_WEBHOOK_ID].$timestamp.$body", $key, true));
        foreach (explode(' ', $server['HTTP_WEBHOOK_SIGNATURE']) as $given) {
            $right = hash_equals($signature, $given) || $right;
        }
    }
    if (!$right) {
        throw new WebhookError('The header webhook-signature has no signature by a known secret.');
    }
    return json_decode($body, true, 512, JSON_THROW_ON_ERROR);
}

if (realpath($_SERVER['SCRIPT_FILENAME'] ?? '') === __FILE__) { // run, not required
    $kasir = new Client(getenv('KASIR_URL') ?: 'http://127.0.0.1:8080', getenv('TOKEN_URL') ?: 'http://127.0.0.1:8080/dev/token',
        (string) getenv('CLIENT_ID'), (string) getenv('CLIENT_SECRET'), 'payments:create payments:read payments:refund');
    [, $invoice, $key] = $argv + [null, null, null];
    if ($key !== null) { // kasir.php INVOICE KEY: refund the whole payment
        $payment = $kasir->payment($invoice); // without captured before it is paid: kasir refuses the refund with its reason
        $refunded = $kasir->refund($invoice, $key, $payment['captured'] ?? $payment['order']['amount']);
        exit("$invoice is {$refunded['status']}. Given back: Rp{$refunded['refund']['amount']}\n");
    }
    $terms = [
        'invoice_number' => $invoice ?? 'INV-' . bin2hex(random_bytes(8)), 'amount' => 90000,
        'line_items' => [['name' => 'Kopi Gayo 250 g', 'price' => 45000, 'quantity' => 2]],
    ];
    $quote = quote(getenv('QUOTE_KEY') ?: 'kasir-local-quote-key-that-everybody-knows', $terms);
    $page = $kasir->createPage(['order' => $terms, 'customer' => ['email' => 'budi@example.com'], 'quote' => $quote]);
    exit("{$terms['invoice_number']} is $page[status]. Pay at {$page['credit_card_payment_page']['url']}\n");
}
