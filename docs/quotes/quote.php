<?php
// A quote for kasir, made by a merchant's back end in PHP without any dependency. Require it, or run it for a try.
namespace Kasir;

function encode(string $text): string {
    return rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
}

// quote returns a quote of terms, such as invoice_number, amount, line_items and sub, under a key of at least 32 bytes.
function quote(string $key, array $terms): string {
    if (strlen($key) < 32) {
        throw new \InvalidArgumentException('QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.');
    }
    $claims = $terms + ['exp' => time() + 600]; // at most 900 seconds ahead
    $unsigned = encode(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . encode(json_encode($claims));
    return $unsigned . '.' . encode(hash_hmac('sha256', $unsigned, $key, true));
}

if (realpath($_SERVER['SCRIPT_FILENAME'] ?? '') === __FILE__) { // run, not required
    try {
        echo quote((string) getenv('QUOTE_KEY'), [
            'invoice_number' => $argv[1] ?? 'INV-1',
            'amount' => 90000,
            'line_items' => [['name' => 'Kopi Gayo 250 g', 'price' => 45000, 'quantity' => 2]],
        ]), "\n";
    } catch (\InvalidArgumentException $error) {
        fwrite(STDERR, $error->getMessage() . "\n");
        exit(1);
    }
}
